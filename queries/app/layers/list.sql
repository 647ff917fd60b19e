-- name: layers/list
-- purpose: The map layers with origin, terms and approval number
-- grain: one row per layer
-- params: none
-- returns: layer_id, file, title_zh, title_en, origin, licence, datum, vintage, approval_no, allowed_extent, note
select
    layer_id,
    file,
    title_zh,
    title_en,
    origin,
    licence,
    datum,
    vintage,
    approval_no,
    allowed_extent,
    note
from layers
order by layer_id

-- name: industries/list
-- purpose: The official industry classes
-- grain: one row per class
-- params: none
-- returns: industry_id, name_zh, name_en, order, note
select
    industry_id,
    name_zh,
    name_en,
    "order",
    note
from industries
order by "order", industry_id

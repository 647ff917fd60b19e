-- name: linkages/list
-- purpose: Linkage models and the links that sources name
-- grain: one row per link
-- params: as_of date
-- returns: linkage_id, model_zh, model_en, from_id, to_id, source_id, locator, note
select
    linkages.linkage_id,
    linkages.model_zh,
    linkages.model_en,
    linkages.from_id,
    linkages.to_id,
    linkages.source_id,
    linkages.locator,
    linkages.note
from linkages
inner join sources on linkages.source_id = sources.source_id
where $as_of is null or sources.published_last <= $as_of
order by linkages.linkage_id

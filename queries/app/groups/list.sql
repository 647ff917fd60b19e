-- name: groups/list
-- purpose: Industry groups in the words of the plans
-- grain: one row per group
-- params: as_of date
-- returns: group_id, name_zh, name_en, source_id, note
select
    industry_groups.group_id,
    industry_groups.name_zh,
    industry_groups.name_en,
    industry_groups.source_id,
    industry_groups.note
from industry_groups
inner join sources on industry_groups.source_id = sources.source_id
where $as_of is null or sources.published_last <= $as_of
order by industry_groups.group_id

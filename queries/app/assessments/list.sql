-- name: assessments/list
-- purpose: The yearly grades of towns
-- grain: one row per town × year × level
-- params: as_of date, town_ids text[]
-- returns: town_id, year, level, group, result, result_zh, source_id, note
select
    assessments.town_id,
    assessments.year,
    assessments.level,
    assessments."group",
    assessments.result,
    assessments.result_zh,
    assessments.source_id,
    assessments.note
from assessments
inner join sources on assessments.source_id = sources.source_id
where
    ($as_of is null or sources.published_last <= $as_of)
    and ($town_ids is null or list_contains($town_ids, assessments.town_id))
order by assessments.town_id, assessments.year, assessments.level

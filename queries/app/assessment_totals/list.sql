-- name: assessment_totals/list
-- purpose: How many towns of the province got which grade
-- grain: one row per year × group × grade
-- params: as_of date
-- returns: year, group, result, count, source_id
select
    assessment_totals.year,
    assessment_totals."group",
    assessment_totals.result,
    assessment_totals.count,
    assessment_totals.source_id
from assessment_totals
inner join sources on assessment_totals.source_id = sources.source_id
where $as_of is null or sources.published_last <= $as_of
order by assessment_totals.year, assessment_totals."group", assessment_totals.result

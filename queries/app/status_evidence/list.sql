-- name: status_evidence/list
-- purpose: What shows the status of towns: events, assessments and the list itself
-- grain: one row per town × piece of evidence
-- params: as_of date, town_ids text[]
-- returns: town_id, status, dated, dated_last, source_id, published_last, basis
select
    town_id,
    status,
    dated,
    dated_last,
    source_id,
    published_last,
    basis
from status_evidence
where
    ($as_of is null or published_last <= $as_of)
    and ($town_ids is null or list_contains($town_ids, town_id))
order by town_id, dated_last nulls first, basis, status, source_id nulls first

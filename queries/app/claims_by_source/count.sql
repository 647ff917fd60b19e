-- name: claims_by_source/count
-- purpose: How many claims are visible from each source, and of how many entities
-- grain: one row per source with a visible claim
-- params: as_of date
-- returns: source_id, claims, entities
select
    source_id,
    count(*) as claims,
    count(distinct entity_id) as entities
from observations
where
    ($as_of is null or published_last <= $as_of)
    and (withdrawn_last is null or withdrawn_last > $as_of)
    and (superseded_by is null or superseded_last > $as_of or ($as_of is not null and superseded_last is null))
group by source_id
order by source_id

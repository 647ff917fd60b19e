-- name: claims_by_indicator/count
-- purpose: How many claims are visible on each indicator, and of how many entities of each type
-- grain: one row per indicator × type of entity with a visible claim
-- params: as_of date, entity_ids text[]
-- returns: indicator_id, entity_type, claims, entities
select
    indicator_id,
    entity_type,
    count(*) as claims,
    count(distinct entity_id) as entities
from observations
where
    ($entity_ids is null or list_contains($entity_ids, entity_id))
    and ($as_of is null or published_last <= $as_of)
    and (withdrawn_last is null or withdrawn_last > $as_of)
    and (superseded_by is null or superseded_last > $as_of or ($as_of is not null and superseded_last is null))
group by indicator_id, entity_type
order by indicator_id, entity_type

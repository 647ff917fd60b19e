-- name: claims_by_entity/count
-- purpose: How many claims are visible of each entity
-- grain: one row per entity with a visible claim
-- params: as_of date
-- returns: entity_type, entity_id, claims
select
    entity_type,
    entity_id,
    count(*) as claims
from observations
where
    ($as_of is null or published_last <= $as_of)
    and (withdrawn_last is null or withdrawn_last > $as_of)
    and (superseded_by is null or superseded_last > $as_of or ($as_of is not null and superseded_last is null))
group by entity_type, entity_id
order by entity_type, entity_id

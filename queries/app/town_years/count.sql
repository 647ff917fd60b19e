-- name: town_years/count
-- purpose: How many towns have a visible claim on an indicator whose period ends in a year
-- grain: one row per indicator × year with a visible claim of a town
-- params: as_of date, entity_ids text[], indicator_ids text[]
-- returns: indicator_id, end_year, towns
select
    indicator_id,
    year(period_end) as end_year,
    count(distinct entity_id) as towns
from observations
where
    entity_type = 'town'
    and ($entity_ids is null or entity_id in (select unnest($entity_ids)))
    and ($indicator_ids is null or indicator_id in (select unnest($indicator_ids)))
    and ($as_of is null or published_last <= $as_of)
    and (withdrawn_last is null or withdrawn_last > $as_of)
    and (superseded_by is null or superseded_last > $as_of or ($as_of is not null and superseded_last is null))
group by indicator_id, year(period_end)
order by indicator_id, year(period_end)

-- name: coverage_cells/list
-- purpose: What is known of each town on each indicator in each year, by kind of period, and how firmly
-- grain: one row per town × indicator × year × kind of period in which a visible claim's period ends
-- params: as_of date, entity_ids text[], indicator_ids text[]
-- returns: entity_id, indicator_id, end_year, period_kind, claims, exact, apart, observation_id, period
-- exact counts claims of one value only. apart counts periods and scopes whose claims share no value. The claim named is
-- the one whose period ended last; of several the firmest, then the one with the last id.
with
visible as not materialized (
    select
        entity_id,
        indicator_id,
        period_kind,
        period_end,
        period_start,
        scope,
        period,
        observation_id,
        low,
        high,
        year(period_end) as end_year,
        low_open or high_open as is_open,
        coalesce(low = high, false) as is_exact
    from observations
    where
        entity_type = 'town'
        and ($entity_ids is null or entity_id in (select unnest($entity_ids)))
        and ($indicator_ids is null or indicator_id in (select unnest($indicator_ids)))
        and ($as_of is null or published_last <= $as_of)
        and (withdrawn_last is null or withdrawn_last > $as_of)
        and (superseded_by is null or superseded_last > $as_of or ($as_of is not null and superseded_last is null))
),

grouped as (
    select
        entity_id,
        indicator_id,
        end_year,
        period_kind,
        count(*) as claims,
        count(*) filter (where is_exact) as exact,
        max(low) > min(high) or (max(low) = min(high) and bool_or(is_open)) as is_apart,
        max((period_end, is_exact, observation_id, period)) as newest
    from visible
    group by entity_id, indicator_id, end_year, period_kind, period_start, period_end, scope
)

select
    entity_id,
    indicator_id,
    end_year,
    period_kind,
    cast(sum(claims) as integer) as claims,
    cast(sum(exact) as integer) as exact,
    cast(count(*) filter (where is_apart) as integer) as apart,
    max(newest)[3] as observation_id,
    max(newest)[4] as period
from grouped
group by entity_id, indicator_id, end_year, period_kind
order by entity_id, indicator_id, end_year, period_kind

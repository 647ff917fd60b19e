-- name: town_coverage/list
-- purpose: What is known of each town on each indicator: how many claims, and the one whose period ended last
-- grain: one row per town × indicator with a visible claim
-- params: as_of date, entity_ids text[], indicator_ids text[]
-- returns: entity_id, indicator_id, claims, observation_id, period, period_kind, period_end
-- Of several claims whose period ended last it is the one with the last id.
with
visible as not materialized (
    select
        entity_id,
        indicator_id,
        observation_id,
        period,
        period_kind,
        period_end
    from observations
    where
        entity_type = 'town'
        and ($entity_ids is null or entity_id in (select unnest($entity_ids)))
        and ($indicator_ids is null or indicator_id in (select unnest($indicator_ids)))
        and ($as_of is null or published_last <= $as_of)
        and (withdrawn_last is null or withdrawn_last > $as_of)
        and (superseded_by is null or superseded_last > $as_of or ($as_of is not null and superseded_last is null))
),

pairs as (
    select
        entity_id,
        indicator_id,
        count(*) as claims,
        max(period_end) as period_end
    from visible
    group by entity_id, indicator_id
)

select
    pairs.entity_id,
    pairs.indicator_id,
    any_value(pairs.claims) as claims,
    max(visible.observation_id) as observation_id,
    arg_max(visible.period, visible.observation_id) as period,
    arg_max(visible.period_kind, visible.observation_id) as period_kind,
    any_value(pairs.period_end) as period_end
from pairs
inner join visible
    on
        pairs.entity_id = visible.entity_id
        and pairs.indicator_id = visible.indicator_id
        and pairs.period_end = visible.period_end
group by pairs.entity_id, pairs.indicator_id
order by pairs.entity_id, pairs.indicator_id

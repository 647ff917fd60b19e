-- name: claim_groups/list
-- purpose: Groups of claims about one thing: entity × indicator × period × scope with two or more visible claims
-- grain: one row per group
-- params: as_of date, entity_ids text[], indicator_ids text[], only_apart integer, most integer
-- returns: entity_id, indicator_id, observation_ids, count_groups
-- only_apart not null: groups whose intervals share no value, or perhaps none where only open ends touch.
-- `rivals` counts claims of any date, so it finds every group and perhaps some that are not visible yet.
with
grouped as (
    select
        entity_id,
        indicator_id,
        period_start,
        period_end,
        period_kind,
        scope,
        list(observation_id order by observation_id) as observation_ids
    from observations
    where
        rivals > 0
        and ($entity_ids is null or entity_id in (select unnest($entity_ids)))
        and ($indicator_ids is null or indicator_id in (select unnest($indicator_ids)))
        and ($as_of is null or published_last <= $as_of)
        and (withdrawn_last is null or withdrawn_last > $as_of)
        and (superseded_by is null or superseded_last > $as_of or ($as_of is not null and superseded_last is null))
    group by entity_id, indicator_id, period_start, period_end, period_kind, scope
    having
        count(*) > 1
        and (
            $only_apart is null
            or max(low) > min(high)
            or (max(low) = min(high) and (bool_or(low_open) or bool_or(high_open)))
        )
)

select
    entity_id,
    indicator_id,
    observation_ids,
    count(*) over () as count_groups
from grouped
order by entity_id, indicator_id, period_start, period_end, period_kind, scope nulls first
limit $most

-- name: indicator_freshness/list
-- purpose: The newest figure of each indicator: whose period ended last, and among those the one published last
-- grain: one row per indicator with a visible claim
-- params: as_of date
-- returns: indicator_id, count_claims, count_entities, newest_published, observation_id, entity_type, entity_id, period, period_kind, period_start, period_end, published_on, source_id
-- `newness` is one number, days of the period's end before days of publication: windows over every claim take twenty times as long.
with
visible as not materialized (
    select
        indicator_id,
        entity_id,
        observation_id,
        published_last,
        100000 * datediff('day', date '1900-01-01', period_end)
        + coalesce(datediff('day', date '1900-01-01', published_last), 0) as newness
    from observations
    where
        ($as_of is null or published_last <= $as_of)
        and (withdrawn_last is null or withdrawn_last > $as_of)
        and (
            superseded_by is null
            or superseded_last > $as_of
            or ($as_of is not null and superseded_last is null)
        )
),

counted as (
    select
        indicator_id,
        count(*) as count_claims,
        count(distinct entity_id) as count_entities,
        max(published_last) as newest_published,
        max(newness) as newness
    from visible
    group by indicator_id
),

newest as (
    select
        visible.indicator_id,
        min(visible.observation_id) as observation_id
    from visible
    inner join counted on visible.indicator_id = counted.indicator_id and visible.newness = counted.newness
    group by visible.indicator_id
)

select
    counted.indicator_id,
    counted.count_claims,
    counted.count_entities,
    counted.newest_published,
    claims.observation_id,
    claims.entity_type,
    claims.entity_id,
    claims.period,
    claims.period_kind,
    claims.period_start,
    claims.period_end,
    claims.published_on,
    claims.source_id
from counted
inner join newest on counted.indicator_id = newest.indicator_id
inner join observations as claims on newest.observation_id = claims.observation_id
order by counted.indicator_id

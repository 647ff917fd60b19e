-- name: town_freshness/list
-- purpose: The newest figure of each town: whose period ended last, and among those the one published last
-- grain: one row per town with a visible claim of its own
-- params: as_of date
-- returns: town_id, count_claims, count_indicators, newest_published, observation_id, indicator_id, period, period_kind, period_start, period_end, published_on, source_id
-- Claims on an area around a town (topic context) are no figures of the town.
-- `newness` is one number, days of the period's end before days of publication: windows over every claim take twenty times as long.
with
visible as not materialized (
    select
        claims.entity_id as town_id,
        claims.indicator_id,
        claims.observation_id,
        claims.published_last,
        100000 * datediff('day', date '1900-01-01', claims.period_end)
        + coalesce(datediff('day', date '1900-01-01', claims.published_last), 0) as newness
    from observations as claims
    inner join indicators on claims.indicator_id = indicators.indicator_id
    where
        claims.entity_type = 'town'
        and indicators.topic_id != 'context'
        and ($as_of is null or claims.published_last <= $as_of)
        and (claims.withdrawn_last is null or claims.withdrawn_last > $as_of)
        and (
            claims.superseded_by is null
            or claims.superseded_last > $as_of
            or ($as_of is not null and claims.superseded_last is null)
        )
),

counted as (
    select
        town_id,
        count(*) as count_claims,
        count(distinct indicator_id) as count_indicators,
        max(published_last) as newest_published,
        max(newness) as newness
    from visible
    group by town_id
),

newest as (
    select
        visible.town_id,
        min(visible.observation_id) as observation_id
    from visible
    inner join counted on visible.town_id = counted.town_id and visible.newness = counted.newness
    group by visible.town_id
)

select
    counted.town_id,
    counted.count_claims,
    counted.count_indicators,
    counted.newest_published,
    claims.observation_id,
    claims.indicator_id,
    claims.period,
    claims.period_kind,
    claims.period_start,
    claims.period_end,
    claims.published_on,
    claims.source_id
from counted
inner join newest on counted.town_id = newest.town_id
inner join observations as claims on newest.observation_id = claims.observation_id
order by counted.town_id

-- name: town_freshness/list
-- purpose: The newest figure of each town: whose period ended last, and among those the one published last
-- grain: one row per town with a visible claim of its own
-- params: as_of date
-- returns: town_id, count_claims, count_indicators, newest_published, observation_id, indicator_id, period, period_kind, period_start, period_end, published_on, source_id
-- Claims on an area around a town (topic context) are no figures of the town.
with
visible as (
    select
        claims.entity_id as town_id,
        claims.observation_id,
        claims.indicator_id,
        claims.period,
        claims.period_kind,
        claims.period_start,
        claims.period_end,
        claims.published_on,
        claims.published_last,
        claims.source_id
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

ranked as (
    select
        *,
        count(*) over by_town as count_claims,
        count(distinct indicator_id) over by_town as count_indicators,
        max(published_last) over by_town as newest_published,
        row_number() over (
            partition by town_id
            order by period_end desc, published_last desc nulls last, observation_id asc
        ) as newness
    from visible
    window by_town as (partition by town_id)
)

select
    town_id,
    count_claims,
    count_indicators,
    newest_published,
    observation_id,
    indicator_id,
    period,
    period_kind,
    period_start,
    period_end,
    published_on,
    source_id
from ranked
where newness = 1
order by town_id

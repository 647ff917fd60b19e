-- name: indicator_freshness/list
-- purpose: The newest figure of each indicator: whose period ended last, and among those the one published last
-- grain: one row per indicator with a visible claim
-- params: as_of date
-- returns: indicator_id, count_claims, count_entities, newest_published, observation_id, entity_type, entity_id, period, period_kind, period_start, period_end, published_on, source_id
with
visible as (
    select
        indicator_id,
        observation_id,
        entity_type,
        entity_id,
        period,
        period_kind,
        period_start,
        period_end,
        published_on,
        published_last,
        source_id
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

ranked as (
    select
        *,
        count(*) over by_indicator as count_claims,
        count(distinct entity_id) over by_indicator as count_entities,
        max(published_last) over by_indicator as newest_published,
        row_number() over (
            partition by indicator_id
            order by period_end desc, published_last desc nulls last, observation_id asc
        ) as newness
    from visible
    window by_indicator as (partition by indicator_id)
)

select
    indicator_id,
    count_claims,
    count_entities,
    newest_published,
    observation_id,
    entity_type,
    entity_id,
    period,
    period_kind,
    period_start,
    period_end,
    published_on,
    source_id
from ranked
where newness = 1
order by indicator_id

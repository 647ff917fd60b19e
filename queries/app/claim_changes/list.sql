-- name: claim_changes/list
-- purpose: What became of the claims since a date: those that came or went, with all others on the same things
-- grain: one row per claim
-- params: since date, as_of date
-- returns: observation_id, entity_type, entity_id, indicator_id, period, period_start, period_end, period_kind, value_text, qualifier, low, high, low_open, high_open, unit, scope, series_id, source_id, authority, published_on, published_last, locator, statement, note, stood, stands, withdrawn_on, superseded_by
-- A thing is entity × indicator × period × scope. `stood` and `stands`: visible at `since` (null: before everything) and
-- at `as_of`, by the rule of claims/list; what happens after `as_of` is not told. `rivals` spares claims that are alone
-- the search for others on their thing.
with
moved as (
    select
        observation_id,
        entity_id,
        indicator_id,
        period_start,
        period_end,
        period_kind,
        scope,
        rivals
    from observations
    where
        ($as_of is null or published_last <= $as_of)
        and ($since is null or published_last > $since or withdrawn_last > $since or superseded_last > $since)
),

chosen as (
    select observation_id from moved
    union
    select claims.observation_id
    from observations as claims
    inner join moved
        on
            claims.entity_id = moved.entity_id
            and claims.indicator_id = moved.indicator_id
            and claims.period_start = moved.period_start
            and claims.period_end = moved.period_end
            and claims.period_kind = moved.period_kind
            and claims.scope is not distinct from moved.scope
    where claims.rivals > 0 and moved.rivals > 0 and ($as_of is null or claims.published_last <= $as_of)
),

told as (
    select
        *,
        coalesce(
            published_last <= $since
            and (withdrawn_last is null or withdrawn_last > $since)
            and (superseded_last is null or superseded_last > $since),
            false
        ) as stood,
        (withdrawn_last is null or coalesce(withdrawn_last > $as_of, false))
        and (
            superseded_by is null
            or coalesce(superseded_last > $as_of, $as_of is not null)
        ) as stands,
        if($as_of is null or withdrawn_last <= $as_of, withdrawn_on, null) as withdrawn_told,
        if($as_of is null or superseded_last <= $as_of, superseded_by, null) as superseded_told
    from observations
    where observation_id in (select chosen.observation_id from chosen)
)

select
    told.observation_id,
    told.entity_type,
    told.entity_id,
    told.indicator_id,
    told.period,
    told.period_start,
    told.period_end,
    told.period_kind,
    told.value_text,
    told.qualifier,
    told.low,
    told.high,
    told.low_open,
    told.high_open,
    told.unit,
    told.scope,
    told.series_id,
    told.source_id,
    sources.authority,
    told.published_on,
    told.published_last,
    told.locator,
    told.statement,
    told.note,
    told.stood,
    told.stands,
    told.withdrawn_told as withdrawn_on,
    told.superseded_told as superseded_by
from told
inner join sources on told.source_id = sources.source_id
order by
    told.entity_id, told.indicator_id, told.period_start, told.period_end, told.period_kind,
    told.scope nulls first, told.observation_id

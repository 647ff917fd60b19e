-- name: claims/list
-- purpose: What sources say about indicators, with the interval that each claim allows
-- grain: one row per claim
-- params: as_of date, entity_ids text[], indicator_ids text[], source_ids text[], observation_ids text[], most integer
-- returns: observation_id, entity_type, entity_id, indicator_id, period, period_start, period_end, period_kind, value_text, qualifier, low, high, low_open, high_open, unit, scope, series_id, source_id, authority, published_on, published_last, locator, statement, note
-- A claim stands until its source withdraws it or a visible claim replaces it. Every claim has a source: the outer
-- join keeps the search by observation_ids first, which finds a few ids by the primary key.
select
    claims.observation_id,
    claims.entity_type,
    claims.entity_id,
    claims.indicator_id,
    claims.period,
    claims.period_start,
    claims.period_end,
    claims.period_kind,
    claims.value_text,
    claims.qualifier,
    claims.low,
    claims.high,
    claims.low_open,
    claims.high_open,
    claims.unit,
    claims.scope,
    claims.series_id,
    claims.source_id,
    sources.authority,
    claims.published_on,
    claims.published_last,
    claims.locator,
    claims.statement,
    claims.note
from observations as claims
left join sources on claims.source_id = sources.source_id
where
    ($as_of is null or claims.published_last <= $as_of)
    and ($entity_ids is null or list_contains($entity_ids, claims.entity_id))
    and ($indicator_ids is null or list_contains($indicator_ids, claims.indicator_id))
    and ($source_ids is null or list_contains($source_ids, claims.source_id))
    and ($observation_ids is null or claims.observation_id in (select unnest($observation_ids)))
    and (claims.withdrawn_last is null or claims.withdrawn_last > $as_of)
    and (
        claims.superseded_by is null
        or claims.superseded_last > $as_of
        or ($as_of is not null and claims.superseded_last is null)
    )
order by
    claims.entity_id, claims.indicator_id, claims.period_start, claims.period_end, claims.period_kind,
    claims.scope nulls first, claims.observation_id
limit $most

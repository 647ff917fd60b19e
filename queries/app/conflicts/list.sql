-- name: conflicts/list
-- purpose: Statements that do not fit together; visible when both sides are
-- grain: one row per conflict
-- params: as_of date, entity_ids text[]
-- returns: conflict_id, entity_type, entity_id, indicator_id, period, claim_a, source_a, claim_b, source_b, explanation_zh, explanation_en, severity
select
    conflicts.conflict_id,
    conflicts.entity_type,
    conflicts.entity_id,
    conflicts.indicator_id,
    conflicts.period,
    conflicts.claim_a,
    conflicts.source_a,
    conflicts.claim_b,
    conflicts.source_b,
    conflicts.explanation_zh,
    conflicts.explanation_en,
    conflicts.severity
from conflicts
inner join sources as first_sources on conflicts.source_a = first_sources.source_id
inner join sources as second_sources on conflicts.source_b = second_sources.source_id
where
    ($as_of is null or (first_sources.published_last <= $as_of and second_sources.published_last <= $as_of))
    and ($entity_ids is null or list_contains($entity_ids, conflicts.entity_id))
order by conflicts.conflict_id

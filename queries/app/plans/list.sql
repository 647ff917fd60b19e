-- name: plans/list
-- purpose: Plans, each from its issue date on (from its source where the issue date is not known)
-- grain: one row per plan
-- params: as_of date
-- returns: plan_id, title_zh, title_en, issuer_zh, document_no, issued_on, issued_last, period_start, period_end, scope_type, scope_id, source_id, note
select
    plans.plan_id,
    plans.title_zh,
    plans.title_en,
    plans.issuer_zh,
    plans.document_no,
    plans.issued_on,
    plans.issued_last,
    plans.period_start,
    plans.period_end,
    plans.scope_type,
    plans.scope_id,
    plans.source_id,
    plans.note
from plans
inner join sources on plans.source_id = sources.source_id
where $as_of is null or coalesce(plans.issued_last, sources.published_last) <= $as_of
order by plans.plan_id

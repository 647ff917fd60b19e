-- name: corrections/list
-- purpose: Corrections that the build applied to observations, with their reasons
-- grain: one row per correction
-- params: none
-- returns: correction_id, observation_id, action, value, reason, expect
select
    correction_id,
    observation_id,
    action,
    value,
    reason,
    expect
from corrections
order by correction_id

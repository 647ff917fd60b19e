-- name: rules/list
-- purpose: The rules of the programme
-- grain: one row per rule
-- params: as_of date
-- returns: rule_id, scope, condition_zh, condition_en, consequence_zh, consequence_en, parameters, source_id, locator
select
    rules.rule_id,
    rules.scope,
    rules.condition_zh,
    rules.condition_en,
    rules.consequence_zh,
    rules.consequence_en,
    rules.parameters,
    rules.source_id,
    rules.locator
from rules
inner join sources on rules.source_id = sources.source_id
where $as_of is null or sources.published_last <= $as_of
order by rules.rule_id

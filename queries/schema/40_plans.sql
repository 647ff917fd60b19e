-- Plans, targets with their readings, goals, rules and linkages.
create table plans (
    plan_id varchar not null primary key,
    title_zh varchar not null,
    title_en varchar not null,
    issuer_zh varchar,
    document_no varchar,
    issued_on varchar,
    issued_last date,
    period_start varchar,
    period_end varchar,
    scope_type varchar not null check (scope_type in ('province', 'prefecture', 'county', 'town')),
    scope_id varchar not null,
    source_id varchar not null references sources (source_id),
    note varchar,
    check ((issued_on is null) = (issued_last is null))
);
comment on table plans is 'one row per plan';
comment on column plans.issued_last is 'last day of issued_on: the plan and its targets exist from then on';

create table targets (
    target_id varchar not null primary key,
    plan_id varchar not null references plans (plan_id),
    scope_type varchar not null check (scope_type in ('province', 'prefecture', 'county', 'town')),
    scope_id varchar not null,
    "group" varchar not null,
    deadline varchar,
    kind varchar not null
    check (
        kind in (
            'count_of_towns', 'count_over_threshold', 'share_of_towns', 'mean', 'growth_multiple', 'total',
            'per_town_minimum', 'presence'
        )
    ),
    measure varchar not null
    check (
        measure in (
            'cumulative_in_period', 'level_at_deadline', 'mean', 'share', 'growth_multiple', 'count', 'presence',
            'aspiration'
        )
    ),
    indicator_id varchar not null references indicators (indicator_id),
    direct_indicator_id varchar references indicators (indicator_id),
    threshold decimal(18, 6) check (threshold >= 0),
    operator varchar not null check (operator in ('>=', '>', '=', '<=', 'about')),
    target_value decimal(18, 6) not null check (target_value >= 0),
    unit varchar not null,
    baseline_value decimal(18, 6),
    baseline_period varchar,
    label_zh varchar not null,
    label_en varchar not null,
    headline boolean not null,
    source_id varchar not null references sources (source_id),
    locator varchar not null,
    note varchar,
    check ((kind = 'count_over_threshold') = (threshold is not null))
);
comment on table targets is 'one row per numeric target of a plan';

create table target_readings (
    target_id varchar not null references targets (target_id),
    reading_id varchar not null,
    is_default boolean not null,
    label_zh varchar not null,
    label_en varchar not null,
    indicator_id varchar not null references indicators (indicator_id),
    "group" varchar not null,
    denominator_group varchar,
    nested boolean,
    aggregation varchar check (aggregation in ('simple_mean', 'weighted_mean', 'every_town')),
    period_rule varchar not null check (period_rule in ('deadline_year', 'at_deadline', 'ever_by_deadline')),
    base_period varchar,
    note varchar,
    primary key (target_id, reading_id)
);
comment on table target_readings is 'one row per target × possible reading';

create table goals (
    goal_id varchar not null primary key,
    plan_id varchar not null references plans (plan_id),
    theme varchar not null,
    label_zh varchar not null,
    label_en varchar not null,
    source_id varchar not null references sources (source_id),
    locator varchar not null
);
comment on table goals is 'one row per goal without a number';

create table goal_indicators (
    mapping_id varchar not null primary key,
    goal_id varchar not null references goals (goal_id),
    part_zh varchar,
    part_en varchar,
    indicator_id varchar references indicators (indicator_id),
    note_zh varchar,
    note_en varchar,
    check ((part_zh is null) = (part_en is null)),
    check ((note_zh is null) = (note_en is null)),
    check (part_zh is not null or indicator_id is not null)
);
comment on table goal_indicators is
'one row per goal × part × indicator that bears on it, by our own reading; no indicator: none bears on the part';

create table rules (
    rule_id varchar not null primary key,
    scope varchar not null,
    condition_en varchar not null,
    condition_zh varchar not null,
    consequence_en varchar not null,
    consequence_zh varchar not null,
    parameters varchar not null check (json_valid(parameters)),
    source_id varchar not null references sources (source_id),
    locator varchar not null
);
comment on table rules is 'one row per rule of the programme';

create table linkages (
    linkage_id varchar not null primary key,
    model_zh varchar not null,
    model_en varchar not null,
    from_id varchar,
    to_id varchar,
    source_id varchar not null references sources (source_id),
    locator varchar not null,
    note varchar
);
comment on table linkages is 'one row per linkage model or link that a source names';

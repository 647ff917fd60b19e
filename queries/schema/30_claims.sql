-- Observations (claims) with the interval that METHODS §1 gives them, conflicts and corrections.
create table observations (
    observation_id varchar not null primary key,
    entity_type varchar not null check (entity_type in ('province', 'prefecture', 'county', 'town')),
    entity_id varchar not null,
    indicator_id varchar not null references indicators (indicator_id),
    period varchar not null,
    period_start date not null,
    period_end date not null,
    period_kind varchar not null
    check (
        period_kind in ('annual', 'half', 'quarter', 'month', 'year_to_date', 'cumulative', 'span', 'point')
    ),
    value decimal(18, 6) not null,
    value_text varchar not null,
    qualifier varchar not null check (qualifier in ('exact', 'over', 'at_least', 'nearly', 'up_to', 'about')),
    low decimal(26, 10),
    high decimal(26, 10),
    low_open boolean not null,
    high_open boolean not null,
    unit varchar not null,
    scope varchar,
    series_id varchar,
    source_id varchar not null references sources (source_id),
    locator varchar not null,
    published_on varchar,
    published_last date,
    statement varchar not null,
    withdrawn_on varchar,
    withdrawn_last date,
    superseded_by varchar,
    superseded_last date,
    rivals integer not null check (rivals >= 0),
    note varchar,
    check (period_start <= period_end),
    check (low is not null or high is not null),
    check (low is null or high is null or low <= high),
    check ((published_on is null) = (published_last is null)),
    check ((withdrawn_on is null) = (withdrawn_last is null)),
    check (superseded_by is null or superseded_by <> observation_id)
);
comment on table observations is 'one row per claim: entity × indicator × period × source (a source may make two)';
comment on column observations.value_text is 'the value with the decimals of the file, which are part of the claim';
comment on column observations.low is 'lower end of the interval of METHODS §1; null is unbounded';
comment on column observations.high is 'upper end of the interval of METHODS §1; null is unbounded';
comment on column observations.low_open is 'the lower end itself is left out';
comment on column observations.high_open is 'the upper end itself is left out';
comment on column observations.superseded_last is 'last day of the publication of the claim that replaces it';
comment on column observations.rivals is
'how many other claims, of any date, speak of the same entity, indicator, period and scope';
comment on column observations.published_last is 'last day of published_on; null is undated';

create table conflicts (
    conflict_id varchar not null primary key,
    entity_type varchar not null check (entity_type in ('province', 'prefecture', 'county', 'town')),
    entity_id varchar not null,
    indicator_id varchar references indicators (indicator_id),
    period varchar,
    claim_a varchar not null,
    source_a varchar not null references sources (source_id),
    claim_b varchar not null,
    source_b varchar not null references sources (source_id),
    explanation_en varchar not null,
    explanation_zh varchar not null,
    severity varchar not null check (severity in ('contradiction', 'definition', 'scope', 'rounding'))
);
comment on table conflicts is 'one row per pair of statements that do not fit together';

create table corrections (
    correction_id varchar not null primary key,
    observation_id varchar not null,
    action varchar not null check (action in ('drop', 'override', 'flag')),
    value decimal(18, 6),
    reason varchar not null,
    expect varchar
);
comment on table corrections is 'one row per correction of an observation; a dropped one is gone from observations';

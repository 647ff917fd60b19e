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
comment on table observations is
'one row per claim: entity × indicator × period × source (a source may make two) | '
'数据（来源所称）：对象 × 指标 × 时期 × 来源各一行（同一来源可有两条）';
comment on column observations.observation_id is 'key of the claim | 数据代码（主键）';
comment on column observations.entity_type is
'type of what it is about: province, prefecture, county or town | 对象类型：省、设区市、县（市、区）或特色小镇';
comment on column observations.entity_id is
'what it is about: places.place_id or towns.town_id | 对象，对应 places.place_id 或 towns.town_id';
comment on column observations.indicator_id is 'the indicator: indicators.indicator_id | 指标，对应 indicators.indicator_id';
comment on column observations.period is
'the period as text: 2017, 2018-H1, 2020-Q1, 2020-08, 2021-01/2021-09 | '
'时期的写法：2017、2018-H1、2020-Q1、2020-08、2021-01/2021-09';
comment on column observations.period_start is
'first day of the period; of a point the first day on which the number held | 时期的第一天；时点数为该数成立的首日';
comment on column observations.period_end is
'last day of the period; of a point the last day on which the number held | 时期的最后一天；时点数为该数成立的末日';
comment on column observations.period_kind is
'annual, half, quarter, month, year_to_date, cumulative, span or point; kinds are never joined by a line | '
'时期种类：annual 全年、half 半年、quarter 季度、month 月、year_to_date 年内累计、cumulative 累计、span 跨期、point 时点；不同种类不连线';
comment on column observations.value is 'the value in the unit, as a number | 数值（按 unit 计）';
comment on column observations.value_text is
'the value with the decimals of the file, which are part of the claim | 数值原文：小数位数也是来源所称的一部分';
comment on column observations.qualifier is
'how firm the number is: exact, over, at_least, nearly, up_to or about | '
'限定词：exact 确数、over 超、at_least 至少、nearly 近、up_to 不超过、about 约';
comment on column observations.low is
'lower end of the interval of METHODS §1; null is unbounded | 区间下端（方法第1节）；空值表示无下限';
comment on column observations.high is
'upper end of the interval of METHODS §1; null is unbounded | 区间上端（方法第1节）；空值表示无上限';
comment on column observations.low_open is 'the lower end itself is left out | 不含下端';
comment on column observations.high_open is 'the upper end itself is left out | 不含上端';
comment on column observations.unit is 'unit of the value, that of the indicator | 计量单位，与指标一致';
comment on column observations.scope is
'which set of towns a total covers; null: not a total of a set. Totals of different scopes do not compare | '
'合计所涵盖的小镇范围；空值表示并非一组小镇的合计；范围不同不可比';
comment on column observations.series_id is
'only rows with the same series may be joined by a line; null: none | 序列：同一序列才可连线；空值表示不属于任何序列';
comment on column observations.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';
comment on column observations.locator is 'place in the source: page, paragraph or line | 在出处中的位置：页、段或行';
comment on column observations.published_on is
'day, month or year of publication; null: undated | 发布日期（日、月或年）；空值表示未注明日期';
comment on column observations.published_last is
'last day of published_on; null is undated | published_on 的最后一天；空值表示未注明日期';
comment on column observations.statement is 'what the source says, in our own words, in English | 来源所述，以录入者的话转述（英文）';
comment on column observations.withdrawn_on is
'day, month or year on which the source withdrew the claim; null: it stands | 来源撤回的日期（日、月或年）；空值表示仍有效';
comment on column observations.withdrawn_last is 'last day of withdrawn_on | withdrawn_on 的最后一天';
comment on column observations.superseded_by is
'the claim that replaces it: observations.observation_id; null: none | 取代本条的数据，对应 observations.observation_id；无则为空值';
comment on column observations.superseded_last is
'last day of the publication of the claim that replaces it | 取代本条的数据发布日期的最后一天';
comment on column observations.rivals is
'how many other claims, of any date, speak of the same entity, indicator, period and scope | '
'同一对象、指标、时期、范围的其他数据条数（不论日期）';
comment on column observations.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

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
comment on table conflicts is 'one row per pair of statements that do not fit together | 数据矛盾：每对互不相合的说法一行';
comment on column conflicts.conflict_id is 'key of the conflict | 矛盾代码（主键）';
comment on column conflicts.entity_type is
'type of what it is about: province, prefecture, county or town | 对象类型：省、设区市、县（市、区）或特色小镇';
comment on column conflicts.entity_id is
'what it is about: places.place_id or towns.town_id | 对象，对应 places.place_id 或 towns.town_id';
comment on column conflicts.indicator_id is
'the indicator: indicators.indicator_id; null: about something else | 指标，对应 indicators.indicator_id；空值表示与指标无关';
comment on column conflicts.period is 'the period that both speak of; null: none | 双方所说的时期；无则为空值';
comment on column conflicts.claim_a is 'one statement, in words | 说法一（文字）';
comment on column conflicts.source_a is 'source of the one: sources.source_id | 说法一的出处，对应 sources.source_id';
comment on column conflicts.claim_b is 'the other statement, in words | 说法二（文字）';
comment on column conflicts.source_b is 'source of the other: sources.source_id | 说法二的出处，对应 sources.source_id';
comment on column conflicts.explanation_en is 'reason where one is known, in English | 已知原因（英文）';
comment on column conflicts.explanation_zh is 'reason where one is known, in Chinese | 已知原因（中文）';
comment on column conflicts.severity is
'contradiction, definition, scope or rounding | 性质：contradiction 矛盾、definition 口径不同、scope 范围不同、rounding 取整差异';

create table corrections (
    correction_id varchar not null primary key,
    observation_id varchar not null,
    action varchar not null check (action in ('drop', 'override', 'flag')),
    value decimal(18, 6),
    reason varchar not null,
    expect varchar
);
comment on table corrections is
'one row per correction of an observation; a dropped one is gone from observations | '
'更正：每条数据更正一行；被剔除者不再出现在 observations';
comment on column corrections.correction_id is 'key of the correction | 更正代码（主键）';
comment on column corrections.observation_id is 'the claim that is corrected | 被更正的数据';
comment on column corrections.action is 'drop, override or flag | 处理：drop 剔除、override 改值、flag 标注';
comment on column corrections.value is 'the new value of an override; null otherwise | 改值后的数值；其他处理为空值';
comment on column corrections.reason is 'why | 理由';
comment on column corrections.expect is
'the value that the correction expects to find; another one stops the build | 更正预期的原值；不符则构建中止';

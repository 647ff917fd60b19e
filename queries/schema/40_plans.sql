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
comment on table plans is 'one row per plan | 规划：每份规划或计划一行';
comment on column plans.plan_id is 'key of the plan | 规划代码（主键）';
comment on column plans.title_zh is 'title in Chinese | 中文标题';
comment on column plans.title_en is 'title in English | 英文标题';
comment on column plans.issuer_zh is 'who issued it, in Chinese; null: not stated | 发布机关；空值表示未写明';
comment on column plans.document_no is 'official document number; null: not seen | 文号；空值表示未见';
comment on column plans.issued_on is 'day, month or year of issue | 发布日期（日、月或年）';
comment on column plans.issued_last is
'last day of issued_on: the plan and its targets exist from then on | issued_on 的最后一天：规划及其目标自此成立';
comment on column plans.period_start is 'first year of the plan; null: not stated | 规划期的起始年；空值表示未写明';
comment on column plans.period_end is 'last year of the plan; null: not stated | 规划期的终止年；空值表示未写明';
comment on column plans.scope_type is
'whom the plan is for: province, prefecture, county or town | 适用对象类型：省、设区市、县（市、区）或特色小镇';
comment on column plans.scope_id is
'whom the plan is for: places.place_id or towns.town_id | 适用对象，对应 places.place_id 或 towns.town_id';
comment on column plans.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';
comment on column plans.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

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
comment on table targets is 'one row per numeric target of a plan | 目标：规划中每项有数字的目标一行';
comment on column targets.target_id is 'key of the target | 目标代码（主键）';
comment on column targets.plan_id is 'the plan: plans.plan_id | 所属规划，对应 plans.plan_id';
comment on column targets.scope_type is 'type of area or town that the target is for | 目标对象类型';
comment on column targets.scope_id is
'area or town that the target is for: places.place_id or towns.town_id | 目标对象，对应 places.place_id 或 towns.town_id';
comment on column targets."group" is
'which towns of the scope it is about, such as all, named, creating, high_tech | '
'所指的小镇范围，如 all 全部、named 已命名、creating 创建、high_tech 高新技术为主';
comment on column targets.deadline is
'year or date; a year means its 31 December; null: none stated | 期限（年或日期）；年份指当年12月31日；空值表示未写明';
comment on column targets.kind is
'how the number is made from towns, such as total, share_of_towns, count_over_threshold | '
'由小镇数值得出的方式，如 total 合计、share_of_towns 小镇占比、count_over_threshold 达标个数';
comment on column targets.measure is
'chooses the method of progress, such as cumulative_in_period, level_at_deadline, count | '
'决定进度方法，如 cumulative_in_period 期内累计、level_at_deadline 期末水平、count 个数';
comment on column targets.indicator_id is 'the indicator: indicators.indicator_id | 指标，对应 indicators.indicator_id';
comment on column targets.direct_indicator_id is
'indicator that states the quantity for the whole scope at once: indicators.indicator_id; null: none | '
'直接给出整个范围数值的指标，对应 indicators.indicator_id；无则为空值';
comment on column targets.threshold is
'what a town has to reach to be counted, in the unit of the indicator | 计入所需达到的门槛，按指标单位';
comment on column targets.operator is
'>=, >, =, <= or about; = is the plan''s wording, read by the indicator''s direction | '
'比较方式：>=、>、=、<= 或 about 约；= 为规划原文，按指标方向解读';
comment on column targets.target_value is 'the number to be reached, in unit | 目标值，按 unit 计';
comment on column targets.unit is 'unit of the target value | 目标值的单位';
comment on column targets.baseline_value is 'base that the plan states; null: none | 规划写明的基期值；无则为空值';
comment on column targets.baseline_period is 'period of that base | 基期';
comment on column targets.label_zh is 'label in Chinese | 中文标签';
comment on column targets.label_en is 'label in English | 英文标签';
comment on column targets.headline is 'whether it is one of the measured goals of the two main plans | 是否为两份主要规划的量化主目标';
comment on column targets.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';
comment on column targets.locator is 'place in the source: page, paragraph or line | 在出处中的位置：页、段或行';
comment on column targets.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

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
comment on table target_readings is 'one row per target × possible reading | 目标读法：目标 × 可能的读法各一行';
comment on column target_readings.target_id is 'the target: targets.target_id | 目标，对应 targets.target_id';
comment on column target_readings.reading_id is 'key of the reading within its target | 读法代码（目标内不重复）';
comment on column target_readings.is_default is
'whether this reading judges; exactly one per target | 是否为默认读法；每项目标恰有一个';
comment on column target_readings.label_zh is 'label in Chinese | 中文标签';
comment on column target_readings.label_en is 'label in English | 英文标签';
comment on column target_readings.indicator_id is
'indicator judged under this reading: indicators.indicator_id | 该读法下评判的指标，对应 indicators.indicator_id';
comment on column target_readings."group" is 'towns that count; of a share the numerator | 计入的小镇；占比目标为分子';
comment on column target_readings.denominator_group is
'denominator of a share of towns; null: not a share | 占比目标的分母；非占比为空值';
comment on column target_readings.nested is
'size levels: whether higher levels count again in lower ones | 规模层级：高层级是否重复计入低层级';
comment on column target_readings.aggregation is
'how town values make one: simple_mean, weighted_mean or every_town | '
'小镇数值的合成：simple_mean 简单平均、weighted_mean 加权平均、every_town 逐个达标';
comment on column target_readings.period_rule is
'which period counts: deadline_year, at_deadline or ever_by_deadline | '
'计入的时期：deadline_year 期限所在年、at_deadline 期末、ever_by_deadline 期限前曾经';
comment on column target_readings.base_period is 'base of a growth multiple; null: none | 倍增目标的基期；无则为空值';
comment on column target_readings.note is
'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

create table goals (
    goal_id varchar not null primary key,
    plan_id varchar not null references plans (plan_id),
    theme varchar not null,
    label_zh varchar not null,
    label_en varchar not null,
    source_id varchar not null references sources (source_id),
    locator varchar not null
);
comment on table goals is 'one row per goal without a number | 定性目标：每项没有数字的目标一行';
comment on column goals.goal_id is 'key of the goal | 定性目标代码（主键）';
comment on column goals.plan_id is 'the plan: plans.plan_id | 所属规划，对应 plans.plan_id';
comment on column goals.theme is
'theme, such as industry, innovation, three_life, governance | '
'主题，如 industry 产业、innovation 创新、three_life 三生融合、governance 治理';
comment on column goals.label_zh is 'label in Chinese | 中文标签';
comment on column goals.label_en is 'label in English | 英文标签';
comment on column goals.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';
comment on column goals.locator is 'place in the source: page, paragraph or line | 在出处中的位置：页、段或行';

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
'one row per goal × part × indicator that bears on it, by our own reading; no indicator: none bears on the part | '
'定性目标与指标：目标 × 部分 × 相关指标各一行，为本项目的理解；无指标表示该部分没有相关指标';
comment on column goal_indicators.mapping_id is
'goal and position: the order in which they are listed | 目标与序号：列出的次序（主键）';
comment on column goal_indicators.goal_id is 'the goal: goals.goal_id | 定性目标，对应 goals.goal_id';
comment on column goal_indicators.part_zh is
'part of the goal in Chinese; null: the goal as a whole | 目标的某一部分（中文）；空值表示整项目标';
comment on column goal_indicators.part_en is
'part of the goal in English; null: the goal as a whole | 目标的某一部分（英文）；空值表示整项目标';
comment on column goal_indicators.indicator_id is
'the indicator: indicators.indicator_id; null: none bears on the part | 指标，对应 indicators.indicator_id；空值表示没有相关指标';
comment on column goal_indicators.note_zh is
'what the indicator does not say about the goal, in Chinese | 该指标未能说明之处（中文）';
comment on column goal_indicators.note_en is
'what the indicator does not say about the goal, in English | 该指标未能说明之处（英文）';

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
comment on table rules is 'one row per rule of the programme | 制度规则：创建与考核规则各一行';
comment on column rules.rule_id is 'key of the rule | 规则代码（主键）';
comment on column rules.scope is 'whom the rule is for, in words | 适用范围（文字）';
comment on column rules.condition_en is 'condition in English | 条件（英文）';
comment on column rules.condition_zh is 'condition in Chinese | 条件（中文）';
comment on column rules.consequence_en is 'consequence in English | 后果（英文）';
comment on column rules.consequence_zh is 'consequence in Chinese | 后果（中文）';
comment on column rules.parameters is 'numbers and words of the rule as a JSON object | 规则参数（JSON 对象）';
comment on column rules.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';
comment on column rules.locator is 'place in the source: page, paragraph or line | 在出处中的位置：页、段或行';

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
comment on table linkages is 'one row per linkage model or link that a source names | 联动：来源所称的每种联动模式或联系一行';
comment on column linkages.linkage_id is 'key of the linkage | 联动代码（主键）';
comment on column linkages.model_zh is 'model in Chinese | 联动模式（中文）';
comment on column linkages.model_en is 'model in English | 联动模式（英文）';
comment on column linkages.from_id is
'where the link begins: a town or place; null: a model without named ends | 起点小镇或地区；空值表示模式未指明两端';
comment on column linkages.to_id is 'where the link ends: a town or place; null: not named | 终点小镇或地区；空值表示未指明';
comment on column linkages.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';
comment on column linkages.locator is 'place in the source: page, paragraph or line | 在出处中的位置：页、段或行';
comment on column linkages.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

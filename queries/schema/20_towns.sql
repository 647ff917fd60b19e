-- Towns and the evidence of their status.
create table towns (
    town_id varchar not null primary key,
    name_zh varchar not null,
    full_name_zh varchar not null unique,
    name_en varchar not null,
    pinyin varchar not null,
    prefecture_id varchar not null references places (place_id),
    county_id varchar references places (place_id),
    industry_id varchar references industries (industry_id),
    industry_basis varchar check (industry_basis in ('stated', 'inferred')),
    status varchar not null check (status in ('named', 'creating', 'cultivating', 'eliminated', 'unknown')),
    status_as_of varchar,
    status_last date,
    named_batch utinyint check (named_batch between 1 and 7),
    named_on varchar,
    creation_batch utinyint check (creation_batch between 1 and 7),
    creation_listed_on varchar,
    lon double not null check (lon between 118 and 123.2),
    lat double not null check (lat between 27 and 31.3),
    location_precision varchar not null check (location_precision in ('exact', 'township', 'county')),
    location_source varchar not null,
    former_names varchar,
    source_ids varchar not null,
    note varchar,
    check ((industry_id is null) = (industry_basis is null)),
    check ((status_as_of is null) = (status_last is null))
);
comment on table towns is
'one row per characteristic town, with the status that the list gives it | 特色小镇：每个小镇一行，状态以名单所载为准';
comment on column towns.town_id is 'key of the town | 小镇代码（主键）';
comment on column towns.name_zh is 'short name in Chinese | 中文简称';
comment on column towns.full_name_zh is 'full name in Chinese, unique | 中文全称，不重复';
comment on column towns.name_en is 'name in English | 英文名称';
comment on column towns.pinyin is
'pinyin of the full name without tones, syllables parted by spaces; ü is v | 全称的拼音，不标声调，音节以空格分隔，ü 写作 v';
comment on column towns.prefecture_id is 'prefecture-level city: places.place_id | 所在设区市，对应 places.place_id';
comment on column towns.county_id is
'county: places.place_id; null: not established | 所在县（市、区），对应 places.place_id；空值表示未查明';
comment on column towns.industry_id is
'industry class: industries.industry_id; null: not known | 产业类别，对应 industries.industry_id；空值表示不详';
comment on column towns.industry_basis is
'whether a source states the class or it was inferred from the name | 类别依据：stated 来源写明、inferred 据名称推断';
comment on column towns.status is
'last status that is evidenced: named, creating, cultivating, eliminated or unknown | '
'最近有据可查的状态：named 已命名、creating 创建、cultivating 培育、eliminated 淘汰、unknown 不详';
comment on column towns.status_as_of is 'date of that evidence (day, month or year) | 状态依据的日期（日、月或年）';
comment on column towns.status_last is 'last day of status_as_of | status_as_of 的最后一天';
comment on column towns.named_batch is 'naming batch 1 to 7; null: not named or not seen | 命名批次1至7；空值表示未命名或未见';
comment on column towns.named_on is 'date of naming (day, month or year) | 命名日期（日、月或年）';
comment on column towns.creation_batch is
'batch of the creation list 1 to 7; null: not on it or not seen | 创建名单批次1至7；空值表示未列入或未见';
comment on column towns.creation_listed_on is 'date of listing for creation (day, month or year) | 列入创建名单的日期（日、月或年）';
comment on column towns.lon is 'longitude in degrees, WGS84 | 经度（度，WGS84）';
comment on column towns.lat is 'latitude in degrees, WGS84 | 纬度（度，WGS84）';
comment on column towns.location_precision is
'exact (a published point), township or county (label point of the county) | 位置精度：exact 公布点位、township 乡镇级、county 县级注记点';
comment on column towns.location_source is 'where the point comes from | 点位出处';
comment on column towns.former_names is 'earlier names, parted by semicolons; null where none | 曾用名，以分号分隔；无则为空值';
comment on column towns.source_ids is
'sources of this row, parted by semicolons; one by one in town_sources | 本行出处，以分号分隔；逐条见 town_sources';
comment on column towns.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

create table town_sources (
    town_id varchar not null references towns (town_id),
    source_id varchar not null references sources (source_id),
    published_last date,
    primary key (town_id, source_id)
);
comment on table town_sources is 'one row per town × source of its row in the list | 小镇出处：小镇 × 名单所载出处各一行';
comment on column town_sources.town_id is 'the town: towns.town_id | 小镇，对应 towns.town_id';
comment on column town_sources.source_id is 'the source: sources.source_id | 来源，对应 sources.source_id';
comment on column town_sources.published_last is
'last day of the source''s date of publication; null: undated | 出处发布日期的最后一天；空值表示未注明日期';

create table assessments (
    town_id varchar not null references towns (town_id),
    year smallint not null check (year between 2015 and 2026),
    level varchar not null check (level in ('province', 'prefecture')),
    "group" varchar check ("group" in ('named', 'creating', 'cultivating')),
    result varchar not null
    check (result in ('excellent', 'good', 'pass', 'warning', 'downgraded', 'eliminated')),
    result_zh varchar not null,
    source_id varchar not null references sources (source_id),
    note varchar,
    primary key (town_id, year, level)
);
comment on table assessments is 'one row per town × assessed year × level | 年度考核：小镇 × 考核年度 × 层级各一行';
comment on column assessments.town_id is 'the town: towns.town_id | 小镇，对应 towns.town_id';
comment on column assessments.year is 'the year assessed, not the year of publication | 考核年度，不是公布年份';
comment on column assessments.level is 'who assessed: province or prefecture | 考核层级：province 省级、prefecture 市级';
comment on column assessments."group" is
'what the town was assessed as: named, creating or cultivating; null: not stated | '
'参加考核的类别：named 命名类、creating 创建类、cultivating 培育类；空值表示未写明';
comment on column assessments.result is
'excellent, good, pass, warning, downgraded or eliminated | '
'结果：excellent 优秀、good 良好、pass 合格、warning 警告、downgraded 降格、eliminated 淘汰或退出';
comment on column assessments.result_zh is 'result in the words of the source | 来源中的结果原词';
comment on column assessments.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';
comment on column assessments.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

create table assessment_totals (
    year smallint not null check (year between 2015 and 2026),
    "group" varchar not null check ("group" in ('named', 'creating', 'cultivating')),
    result varchar not null
    check (result in ('excellent', 'good', 'pass', 'warning', 'downgraded', 'eliminated')),
    count integer not null check (count >= 0),
    source_id varchar not null references sources (source_id),
    primary key (year, "group", result)
);
comment on table assessment_totals is
'one row per assessed year × group × grade of the province | 考核合计：考核年度 × 类别 × 等次各一行（全省）';
comment on column assessment_totals.year is 'the year assessed | 考核年度';
comment on column assessment_totals."group" is
'named, creating or cultivating | 类别：named 命名类、creating 创建类、cultivating 培育类';
comment on column assessment_totals.result is
'excellent, good, pass, warning, downgraded or eliminated | '
'等次：excellent 优秀、good 良好、pass 合格、warning 警告、downgraded 降格、eliminated 淘汰或退出';
comment on column assessment_totals.count is 'number of towns with that grade in the whole province | 全省该等次的小镇数';
comment on column assessment_totals.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';

create table events (
    event_id varchar not null primary key,
    entity_type varchar not null check (entity_type in ('province', 'prefecture', 'county', 'town')),
    entity_id varchar not null,
    date varchar not null,
    date_last date not null,
    kind varchar not null
    check (
        kind in (
            'idea', 'policy', 'founded', 'listed_for_creation', 'named', 'honour', 'signing', 'opening', 'expansion',
            'meeting', 'assessment', 'warning', 'eliminated', 'ranking'
        )
    ),
    title_zh varchar not null,
    title_en varchar not null,
    source_id varchar not null references sources (source_id),
    locator varchar not null
);
comment on table events is 'one row per dated event of a town or a place | 大事记：小镇或地区的有日期事件各一行';
comment on column events.event_id is 'key of the event | 事件代码（主键）';
comment on column events.entity_type is
'type of what it is about: province, prefecture, county or town | 对象类型：省、设区市、县（市、区）或特色小镇';
comment on column events.entity_id is
'what it is about: places.place_id or towns.town_id | 对象，对应 places.place_id 或 towns.town_id';
comment on column events.date is 'day, month or year of the event | 事件日期（日、月或年）';
comment on column events.date_last is 'last day of date | date 的最后一天';
comment on column events.kind is
'such as listed_for_creation, named, assessment, signing; policy includes being put on a cultivating list | '
'事件种类，如 listed_for_creation 列入创建、named 命名、assessment 考核、signing 签约；policy 含列入培育名单';
comment on column events.title_zh is 'title in Chinese | 中文标题';
comment on column events.title_en is 'title in English | 英文标题';
comment on column events.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';
comment on column events.locator is 'place in the source: page, paragraph or line | 在出处中的位置：页、段或行';

create table status_evidence (
    town_id varchar not null references towns (town_id),
    status varchar not null check (status in ('named', 'creating', 'cultivating', 'eliminated', 'unknown')),
    dated varchar,
    dated_last date,
    source_id varchar references sources (source_id),
    published_last date,
    basis varchar not null check (basis in ('event', 'assessment', 'list')),
    evidence_order integer not null primary key,
    check ((dated is null) = (dated_last is null)),
    check ((source_id is null) = (basis = 'list'))
);
comment on table status_evidence is 'one row per town × piece of evidence of its status | 状态依据：小镇 × 每条状态依据各一行';
comment on column status_evidence.town_id is 'the town: towns.town_id | 小镇，对应 towns.town_id';
comment on column status_evidence.status is 'the status that the evidence shows | 该依据表明的状态';
comment on column status_evidence.dated is
'date of the evidence (day, month or year); null: undated | 依据的日期（日、月或年）；空值表示未注明日期';
comment on column status_evidence.dated_last is 'last day of dated | dated 的最后一天';
comment on column status_evidence.source_id is
'the source: sources.source_id; null for the list itself | 来源，对应 sources.source_id；名单本身为空值';
comment on column status_evidence.published_last is
'last day of publication, of the list that of its latest source | 发布日期的最后一天；名单取其最新来源';
comment on column status_evidence.basis is 'event, assessment or list | 依据种类：event 事件、assessment 考核、list 名单';
comment on column status_evidence.evidence_order is
'later evidence is greater; on one day the list prevails | 依据次序：越新越大；同日以名单为准';

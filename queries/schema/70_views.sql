-- Views that an analyst may ask by SQL: names in both languages beside every key, nothing that needs the raw tables.
-- A session that sets the variable as_of to a day sees what was published on or before it, undated things left out;
-- without it everything. A file of this database taken away obeys it too: set variable as_of = date '2020-12-31'.
-- Columns stand in the order in which one reads them (ST06 would put what is computed last).
create view v_towns as
with
visible_sources as (
    select
        town_id,
        count(*) as source_count
    from town_mentions
    where getvariable('as_of') is null or published_last <= getvariable('as_of')
    group by town_id
),

-- The latest evidence wins; a named town stays named unless it was eliminated later.
evidence as (
    select
        town_id,
        max(dated_last) filter (where status = 'named') as named_last,
        max(dated_last) filter (where status = 'eliminated') as eliminated_last,
        arg_max(struct_pack(status := status, dated := dated), evidence_order) as latest,
        arg_max(struct_pack(status := status, dated := dated), evidence_order) filter (status = 'named') as naming,
        bool_or(basis = 'list') as has_list,
        bool_or(basis = 'event' and status = 'creating') as has_creation
    from status_evidence
    where getvariable('as_of') is null or published_last <= getvariable('as_of')
    group by town_id
),

standing as (
    select
        town_id,
        has_list,
        has_creation,
        named_last is not null as has_named,
        if(named_last is null or eliminated_last > named_last, latest, naming) as evidence
    from evidence
)

select  -- noqa: ST06
    towns.town_id,
    towns.name_zh,
    towns.full_name_zh,
    towns.name_en,
    towns.pinyin,
    towns.industry_id as class_id,
    industries.name_zh as class_zh,
    industries.name_en as class_en,
    towns.industry_basis as class_basis,
    towns.prefecture_id as city_id,
    cities.name_zh as city_zh,
    cities.name_en as city_en,
    towns.county_id,
    counties.name_zh as county_zh,
    counties.name_en as county_en,
    counties.mountain26,
    coalesce(standing.evidence.status, 'unknown') as status,
    standing.evidence.dated as status_as_of,
    if(standing.has_named, towns.named_batch, null) as named_batch,
    if(standing.has_named, towns.named_on, null) as named_on,
    if(standing.has_list or standing.has_creation, towns.creation_batch, null) as creation_batch,
    if(standing.has_list or standing.has_creation, towns.creation_listed_on, null) as creation_listed_on,
    towns.lon,
    towns.lat,
    towns.location_precision,
    visible_sources.source_count as sources
from towns
inner join visible_sources on towns.town_id = visible_sources.town_id
left join standing on towns.town_id = standing.town_id
left join industries on towns.industry_id = industries.industry_id
left join places as cities on towns.prefecture_id = cities.place_id
left join places as counties on towns.county_id = counties.place_id;
comment on view v_towns is
'one row per town with its class, city, county and the status that the visible evidence gives it | '
'特色小镇：每个小镇一行，含产业类别、所在市县及据可见依据得出的状态';
comment on column v_towns.town_id is 'key of the town | 小镇代码（主键）';
comment on column v_towns.name_zh is 'short name in Chinese | 中文简称';
comment on column v_towns.full_name_zh is 'full name in Chinese | 中文全称';
comment on column v_towns.name_en is 'name in English | 英文名称';
comment on column v_towns.pinyin is 'pinyin of the full name without tones | 全称拼音，不标声调';
comment on column v_towns.class_id is 'industry class; null: not known | 产业类别代码；空值表示不详';
comment on column v_towns.class_zh is 'name of the class in Chinese | 产业类别中文名称';
comment on column v_towns.class_en is 'name of the class in English | 产业类别英文名称';
comment on column v_towns.class_basis is
'stated by a source, or inferred from the name | 类别依据：stated 来源写明、inferred 据名称推断';
comment on column v_towns.city_id is 'prefecture-level city: v_places.place_id | 所在设区市，对应 v_places.place_id';
comment on column v_towns.city_zh is 'name of the city in Chinese | 设区市中文名称';
comment on column v_towns.city_en is 'name of the city in English | 设区市英文名称';
comment on column v_towns.county_id is
'county: v_places.place_id; null: not established | 所在县（市、区），对应 v_places.place_id；空值表示未查明';
comment on column v_towns.county_zh is 'name of the county in Chinese | 县（市、区）中文名称';
comment on column v_towns.county_en is 'name of the county in English | 县（市、区）英文名称';
comment on column v_towns.mountain26 is 'whether the county is one of the 26 mountain counties | 所在县是否属山区26县';
comment on column v_towns.status is
'named, creating, cultivating, eliminated or unknown | '
'状态：named 已命名、creating 创建、cultivating 培育、eliminated 淘汰、unknown 不详';
comment on column v_towns.status_as_of is 'date of the evidence of the status (day, month or year) | 状态依据的日期（日、月或年）';
comment on column v_towns.named_batch is 'naming batch; null: not named or not seen | 命名批次；空值表示未命名或未见';
comment on column v_towns.named_on is 'date of naming (day, month or year) | 命名日期（日、月或年）';
comment on column v_towns.creation_batch is
'batch of the creation list; null: not on it or not seen | 创建名单批次；空值表示未列入或未见';
comment on column v_towns.creation_listed_on is 'date of listing for creation (day, month or year) | 列入创建名单的日期（日、月或年）';
comment on column v_towns.lon is 'longitude in degrees, WGS84 | 经度（度，WGS84）';
comment on column v_towns.lat is 'latitude in degrees, WGS84 | 纬度（度，WGS84）';
comment on column v_towns.location_precision is 'exact, township or county | 位置精度：exact 公布点位、township 乡镇级、county 县级注记点';
comment on column v_towns.sources is 'how many visible sources speak of the town | 可见来源中提及该小镇的篇数';

create view v_claims as
select  -- noqa: ST06
    claims.observation_id as claim_id,
    claims.entity_type,
    claims.entity_id,
    coalesce(towns.name_zh, places.name_zh) as entity_zh,
    coalesce(towns.name_en, places.name_en) as entity_en,
    towns.industry_id as class_id,
    towns.prefecture_id as city_id,
    claims.indicator_id,
    indicators.name_zh as indicator_zh,
    indicators.name_en as indicator_en,
    indicators.topic_id,
    claims.period,
    claims.period_kind,
    claims.period_start,
    claims.period_end,
    year(claims.period_end) as end_year,
    claims.value,
    claims.qualifier,
    claims.low,
    claims.high,
    claims.unit,
    claims.scope,
    claims.series_id,
    claims.source_id,
    sources.title as source_title,
    sources.url as source_url,
    sources.publisher,
    sources.authority,
    claims.published_on,
    claims.locator,
    claims.statement,
    claims.note
from observations as claims
inner join indicators on claims.indicator_id = indicators.indicator_id
inner join sources on claims.source_id = sources.source_id
left join towns on claims.entity_type = 'town' and claims.entity_id = towns.town_id
left join places on claims.entity_type <> 'town' and claims.entity_id = places.place_id
where
    (getvariable('as_of') is null or claims.published_last <= getvariable('as_of'))
    and (claims.withdrawn_last is null or claims.withdrawn_last > getvariable('as_of'))
    and (
        claims.superseded_by is null
        or claims.superseded_last > getvariable('as_of')
        or (getvariable('as_of') is not null and claims.superseded_last is null)
    );
comment on view v_claims is
'one row per claim: what one source says of one indicator of a town or a place in one period | '
'数据记录：一个来源对一个小镇或地区某项指标某一期数值的一条说法，每条一行';
comment on column v_claims.claim_id is 'key of the claim | 记录代码（主键）';
comment on column v_claims.entity_type is
'town, county, prefecture or province | 主体类型：town 小镇、county 县、prefecture 设区市、province 省';
comment on column v_claims.entity_id is
'whom it is about: v_towns.town_id or v_places.place_id | 所述主体，对应 v_towns.town_id 或 v_places.place_id';
comment on column v_claims.entity_zh is 'its name in Chinese | 主体中文名称';
comment on column v_claims.entity_en is 'its name in English | 主体英文名称';
comment on column v_claims.class_id is
'industry class of the town; null: a place, or not known | 小镇的产业类别；空值表示主体为地区或类别不详';
comment on column v_claims.city_id is 'city of the town; null: a place | 小镇所在设区市；主体为地区时为空值';
comment on column v_claims.indicator_id is
'what is measured: v_indicators.indicator_id | 指标，对应 v_indicators.indicator_id';
comment on column v_claims.indicator_zh is 'name of the indicator in Chinese | 指标中文名称';
comment on column v_claims.indicator_en is 'name of the indicator in English | 指标英文名称';
comment on column v_claims.topic_id is 'topic of the indicator | 指标所属主题';
comment on column v_claims.period is 'period as the source words it, such as 2018 or 2018-H1 | 所属期，如 2018、2018-H1';
comment on column v_claims.period_kind is
'annual, half, quarter, month, year_to_date, cumulative, span or point; never mix them | '
'期别：年度、半年、季度、月度、年初至今、累计、跨年、时点；不同期别不可混用';
comment on column v_claims.period_start is 'first day of the period | 所属期首日';
comment on column v_claims.period_end is 'last day of the period | 所属期末日';
comment on column v_claims.end_year is 'year in which the period ends | 所属期末日所在年份';
comment on column v_claims.value is 'the number of the source; read it with qualifier | 来源所载数值，须连同限定词 qualifier 理解';
comment on column v_claims.qualifier is
'exact, over, at_least, nearly, up_to or about | 限定词：exact 确数、over 超、at_least 不少于、nearly 近、up_to 不超过、about 约';
comment on column v_claims.low is 'lower end of what the claim allows; null: unbounded | 该说法允许的下界；空值表示无下界';
comment on column v_claims.high is 'upper end of what the claim allows; null: unbounded | 该说法允许的上界；空值表示无上界';
comment on column v_claims.unit is 'unit; CNY_100m is 100 million yuan | 计量单位；CNY_100m 为亿元';
comment on column v_claims.scope is
'which towns a figure of a place covers; different scopes are not comparable | 地区数据所覆盖的小镇范围；口径不同不可比';
comment on column v_claims.series_id is 'only claims of one series are comparable over time | 序列代码；仅同一序列可作时间比较';
comment on column v_claims.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';
comment on column v_claims.source_title is 'title of the source | 来源标题';
comment on column v_claims.source_url is 'address of the source on the web | 来源网址';
comment on column v_claims.publisher is 'who published the source | 发布单位';
comment on column v_claims.authority is
'1 issuing authority, 2 party and state media, 3 other press, 4 the rest | 来源等级：1 主管部门、2 党政媒体、3 其他媒体、4 其余';
comment on column v_claims.published_on is
'when it was published, as precisely as known; null: undated | 发布日期，按已知精度；空值表示未注明日期';
comment on column v_claims.locator is 'where in the source | 在来源中的位置';
comment on column v_claims.statement is 'what the source says, in our own words | 来源所述内容，以本库语言转述';
comment on column v_claims.note is 'remark of the recorders; null: none | 录入说明；空值表示无';

create view v_indicators as
select
    indicators.indicator_id,
    indicators.name_zh,
    indicators.name_en,
    indicators.unit,
    indicators.decimals,
    indicators.kind,
    indicators.direction,
    indicators.aggregation,
    indicators.topic_id,
    topics.name_zh as topic_zh,
    topics.name_en as topic_en,
    indicators.definition_zh,
    indicators.definition_en
from indicators
inner join topics on indicators.topic_id = topics.topic_id;
comment on view v_indicators is 'one row per indicator with its unit and definition | 指标：每项指标一行，含单位与口径';
comment on column v_indicators.indicator_id is 'key of the indicator | 指标代码（主键）';
comment on column v_indicators.name_zh is 'name in Chinese | 中文名称';
comment on column v_indicators.name_en is 'name in English | 英文名称';
comment on column v_indicators.unit is 'unit; CNY_100m is 100 million yuan, pct per cent | 计量单位；CNY_100m 为亿元，pct 为百分数';
comment on column v_indicators.decimals is 'decimals shown | 显示的小数位数';
comment on column v_indicators.kind is
'flow, stock, ratio, rate, rank or cumulative | 性质：flow 流量、stock 存量、ratio 比重、rate 增速、rank 位次、cumulative 累计';
comment on column v_indicators.direction is
'which way is better: higher, lower or neutral | 方向：higher 越高越好、lower 越低越好、neutral 中性';
comment on column v_indicators.aggregation is
'how towns may be put together: sum, mean, last or none | 可用的汇总方式：sum 求和、mean 平均、last 取最近、none 不可汇总';
comment on column v_indicators.topic_id is 'topic | 主题代码';
comment on column v_indicators.topic_zh is 'name of the topic in Chinese | 主题中文名称';
comment on column v_indicators.topic_en is 'name of the topic in English | 主题英文名称';
comment on column v_indicators.definition_zh is 'definition in Chinese | 口径说明（中文）';
comment on column v_indicators.definition_en is 'definition in English | 口径说明（英文）';

create view v_sources as
select
    source_id,
    kind,
    authority,
    title,
    publisher,
    published_on,
    url,
    note
from sources
where getvariable('as_of') is null or published_last <= getvariable('as_of');
comment on view v_sources is 'one row per text that facts are read from | 来源：每篇来源文献一行';
comment on column v_sources.source_id is 'key of the source | 来源代码（主键）';
comment on column v_sources.kind is
'seed, government, news, encyclopedia, academic or other | '
'类型：seed 基础材料、government 政府、news 新闻、encyclopedia 百科、academic 学术、other 其他';
comment on column v_sources.authority is
'1 issuing authority, 2 party and state media, 3 other press, 4 the rest | 等级：1 主管部门、2 党政媒体、3 其他媒体、4 其余';
comment on column v_sources.title is 'title | 标题';
comment on column v_sources.publisher is 'who published it | 发布单位';
comment on column v_sources.published_on is 'when, as precisely as known; null: undated | 发布日期，按已知精度；空值表示未注明日期';
comment on column v_sources.url is 'address on the web | 网址';
comment on column v_sources.note is 'remark of the recorders | 录入说明';

create view v_places as
select
    places.place_id,
    places.level,
    places.name_zh,
    places.name_en,
    places.parent_id,
    parents.name_zh as parent_zh,
    parents.name_en as parent_en,
    places.adcode,
    places.mountain26
from places
left join places as parents on places.parent_id = parents.place_id;
comment on view v_places is 'one row per province, prefecture-level city and county | 地区：省、设区市、县（市、区）各一行';
comment on column v_places.place_id is 'key of the place | 地区代码（主键）';
comment on column v_places.level is 'province, prefecture or county | 级别：province 省、prefecture 设区市、county 县（市、区）';
comment on column v_places.name_zh is 'name in Chinese | 中文名称';
comment on column v_places.name_en is 'name in English | 英文名称';
comment on column v_places.parent_id is 'the place that it belongs to | 上级地区';
comment on column v_places.parent_zh is 'its name in Chinese | 上级地区中文名称';
comment on column v_places.parent_en is 'its name in English | 上级地区英文名称';
comment on column v_places.adcode is 'national code of the division | 行政区划代码';
comment on column v_places.mountain26 is 'whether it is one of the 26 mountain counties | 是否属山区26县';

create view v_classes as
select
    industry_id as class_id,
    name_zh,
    name_en,
    "order"
from industries;
comment on view v_classes is 'one row per industry class of the province | 产业类别：省定产业类别每类一行';
comment on column v_classes.class_id is 'key of the class | 类别代码（主键）';
comment on column v_classes.name_zh is 'name in Chinese | 中文名称';
comment on column v_classes.name_en is 'name in English | 英文名称';
comment on column v_classes."order" is 'place in the official order | 官方排列次序';

create view v_groups as
select
    members.group_id,
    industry_groups.name_zh as group_zh,
    industry_groups.name_en as group_en,
    members.member_type,
    members.member_id,
    members.basis,
    members.source_id
from industry_group_members as members
inner join industry_groups on members.group_id = industry_groups.group_id
inner join sources on members.source_id = sources.source_id
inner join sources as group_sources on industry_groups.source_id = group_sources.source_id
where
    getvariable('as_of') is null
    or (sources.published_last <= getvariable('as_of') and group_sources.published_last <= getvariable('as_of'));
comment on view v_groups is
'one row per industry group in the words of a plan × class or town in it | 产业分组：规划所称分组 × 所含类别或小镇各一行';
comment on column v_groups.group_id is 'the group | 分组代码';
comment on column v_groups.group_zh is 'its name in Chinese | 分组中文名称';
comment on column v_groups.group_en is 'its name in English | 分组英文名称';
comment on column v_groups.member_type is 'industry (a class) or town | 成员类型：industry 产业类别、town 小镇';
comment on column v_groups.member_id is
'the member: v_classes.class_id or v_towns.town_id | 成员，对应 v_classes.class_id 或 v_towns.town_id';
comment on column v_groups.basis is 'stated by a source, or inferred | 依据：stated 来源写明、inferred 推断';
comment on column v_groups.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';

create view v_status as
select
    proof.town_id,
    towns.name_zh as town_zh,
    towns.name_en as town_en,
    proof.status,
    proof.dated,
    proof.basis,
    proof.evidence_order,
    proof.source_id
from status_evidence as proof
inner join towns on proof.town_id = towns.town_id
where getvariable('as_of') is null or proof.published_last <= getvariable('as_of');
comment on view v_status is 'one row per town × piece of evidence of its status | 状态依据：小镇 × 每条状态依据各一行';
comment on column v_status.town_id is 'the town: v_towns.town_id | 小镇，对应 v_towns.town_id';
comment on column v_status.town_zh is 'its name in Chinese | 小镇中文名称';
comment on column v_status.town_en is 'its name in English | 小镇英文名称';
comment on column v_status.status is
'named, creating, cultivating, eliminated or unknown | '
'状态：named 已命名、creating 创建、cultivating 培育、eliminated 淘汰、unknown 不详';
comment on column v_status.dated is 'date that it speaks of (day, month or year) | 依据所述日期（日、月或年）';
comment on column v_status.basis is 'event, assessment or list | 依据类型：event 事件、assessment 考核、list 名单';
comment on column v_status.evidence_order is 'later evidence is greater | 依据先后，越晚越大';
comment on column v_status.source_id is
'the source: v_sources.source_id; null: the list itself | 来源，对应 v_sources.source_id；空值表示名单本身';

create view v_events as
select  -- noqa: ST06
    events.event_id,
    events.entity_type,
    events.entity_id,
    coalesce(towns.name_zh, places.name_zh) as entity_zh,
    coalesce(towns.name_en, places.name_en) as entity_en,
    events.date as dated,
    year(events.date_last) as event_year,
    events.kind,
    events.title_zh,
    events.title_en,
    events.source_id,
    sources.title as source_title,
    sources.url as source_url,
    sources.published_on,
    events.locator
from events
inner join sources on events.source_id = sources.source_id
left join towns on events.entity_type = 'town' and events.entity_id = towns.town_id
left join places on events.entity_type <> 'town' and events.entity_id = places.place_id
where getvariable('as_of') is null or sources.published_last <= getvariable('as_of');
comment on view v_events is 'one row per dated event of a town or a place | 大事记：小镇或地区的每件有日期事件一行';
comment on column v_events.event_id is 'key of the event | 事件代码（主键）';
comment on column v_events.entity_type is
'town, county, prefecture or province | 主体类型：town 小镇、county 县、prefecture 设区市、province 省';
comment on column v_events.entity_id is
'whom it is about: v_towns.town_id or v_places.place_id | 所述主体，对应 v_towns.town_id 或 v_places.place_id';
comment on column v_events.entity_zh is 'its name in Chinese | 主体中文名称';
comment on column v_events.entity_en is 'its name in English | 主体英文名称';
comment on column v_events.dated is 'when it happened (day, month or year) | 发生日期（日、月或年）';
comment on column v_events.event_year is 'year of the event | 发生年份';
comment on column v_events.kind is
'listed_for_creation, named, honour, signing, opening, warning, eliminated and others | '
'类型：listed_for_creation 列入创建、named 命名、honour 荣誉、signing 签约、opening 启用、warning 警告、eliminated 淘汰等';
comment on column v_events.title_zh is 'what happened, in Chinese | 事件（中文）';
comment on column v_events.title_en is 'what happened, in English | 事件（英文）';
comment on column v_events.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';
comment on column v_events.source_title is 'title of the source | 来源标题';
comment on column v_events.source_url is 'address of the source on the web | 来源网址';
comment on column v_events.published_on is
'when the source was published, as precisely as known; null: undated | 发布日期，按已知精度；空值表示未注明日期';
comment on column v_events.locator is 'where in the source | 在来源中的位置';

create view v_assessments as
select
    grades.town_id,
    towns.name_zh as town_zh,
    towns.name_en as town_en,
    grades.year,
    grades.level,
    grades."group",
    grades.result,
    grades.result_zh,
    grades.source_id,
    sources.title as source_title,
    sources.url as source_url,
    sources.published_on
from assessments as grades
inner join towns on grades.town_id = towns.town_id
inner join sources on grades.source_id = sources.source_id
where getvariable('as_of') is null or sources.published_last <= getvariable('as_of');
comment on view v_assessments is 'one row per town × assessed year × level | 考核结果：小镇 × 考核年度 × 考核层级各一行';
comment on column v_assessments.town_id is 'the town: v_towns.town_id | 小镇，对应 v_towns.town_id';
comment on column v_assessments.town_zh is 'its name in Chinese | 小镇中文名称';
comment on column v_assessments.town_en is 'its name in English | 小镇英文名称';
comment on column v_assessments.year is 'assessed year | 考核年度';
comment on column v_assessments.level is 'province or prefecture | 考核层级：province 省级、prefecture 市级';
comment on column v_assessments."group" is
'group in which the town was assessed: named, creating or cultivating | 参加考核的组别：named 命名、creating 创建、cultivating 培育';
comment on column v_assessments.result is
'excellent, good, pass, warning, downgraded or eliminated | '
'等次：excellent 优秀、good 良好、pass 合格、warning 警告、downgraded 降格、eliminated 淘汰';
comment on column v_assessments.result_zh is 'the grade as the source words it | 来源所载等次原文';
comment on column v_assessments.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';
comment on column v_assessments.source_title is 'title of the source | 来源标题';
comment on column v_assessments.source_url is 'address of the source on the web | 来源网址';
comment on column v_assessments.published_on is
'when the source was published, as precisely as known; null: undated | 发布日期，按已知精度；空值表示未注明日期';

create view v_assessment_totals as
select
    totals.year,
    totals."group",
    totals.result,
    totals.count as towns,
    totals.source_id,
    sources.title as source_title,
    sources.url as source_url,
    sources.published_on
from assessment_totals as totals
inner join sources on totals.source_id = sources.source_id
where getvariable('as_of') is null or sources.published_last <= getvariable('as_of');
comment on view v_assessment_totals is
'one row per assessed year × group × grade of the province: how many towns | 考核汇总：考核年度 × 组别 × 等次各一行，小镇个数';
comment on column v_assessment_totals.year is 'assessed year | 考核年度';
comment on column v_assessment_totals."group" is
'named, creating or cultivating | 组别：named 命名、creating 创建、cultivating 培育';
comment on column v_assessment_totals.result is
'excellent, good, pass, warning, downgraded or eliminated | '
'等次：excellent 优秀、good 良好、pass 合格、warning 警告、downgraded 降格、eliminated 淘汰';
comment on column v_assessment_totals.towns is 'number of towns | 小镇个数';
comment on column v_assessment_totals.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';
comment on column v_assessment_totals.source_title is 'title of the source | 来源标题';
comment on column v_assessment_totals.source_url is 'address of the source on the web | 来源网址';
comment on column v_assessment_totals.published_on is
'when the source was published, as precisely as known; null: undated | 发布日期，按已知精度；空值表示未注明日期';

create view v_plans as
select
    plans.plan_id,
    plans.title_zh,
    plans.title_en,
    plans.issuer_zh,
    plans.document_no,
    plans.issued_on,
    plans.period_start,
    plans.period_end,
    plans.scope_type,
    plans.scope_id,
    plans.source_id,
    sources.title as source_title,
    sources.url as source_url
from plans
inner join sources on plans.source_id = sources.source_id
where
    getvariable('as_of') is null or coalesce(plans.issued_last, sources.published_last) <= getvariable('as_of');
comment on view v_plans is 'one row per plan | 规划：每份规划文件一行';
comment on column v_plans.plan_id is 'key of the plan | 规划代码（主键）';
comment on column v_plans.title_zh is 'title in Chinese | 中文标题';
comment on column v_plans.title_en is 'title in English | 英文标题';
comment on column v_plans.issuer_zh is 'who issued it; null: not known | 发文单位；空值表示不详';
comment on column v_plans.document_no is 'number of the document; null: not known | 文号；空值表示不详';
comment on column v_plans.issued_on is 'when it was issued, as precisely as known | 印发日期，按已知精度';
comment on column v_plans.period_start is 'begin of the plan | 规划期开始';
comment on column v_plans.period_end is 'end of the plan | 规划期结束';
comment on column v_plans.scope_type is
'province, prefecture, county or town | 适用层级：province 省、prefecture 设区市、county 县、town 小镇';
comment on column v_plans.scope_id is
'for whom it is: v_places.place_id or v_towns.town_id | 适用对象，对应 v_places.place_id 或 v_towns.town_id';
comment on column v_plans.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';
comment on column v_plans.source_title is 'title of the source | 来源标题';
comment on column v_plans.source_url is 'address of the source on the web | 来源网址';

create view v_targets as
select
    targets.target_id,
    targets.plan_id,
    plans.title_zh as plan_zh,
    plans.title_en as plan_en,
    targets.label_zh,
    targets.label_en,
    targets.headline,
    targets.scope_type,
    targets.scope_id,
    targets."group",
    targets.deadline,
    targets.kind,
    targets.measure,
    targets.indicator_id,
    indicators.name_zh as indicator_zh,
    indicators.name_en as indicator_en,
    targets.threshold,
    targets.operator,
    targets.target_value,
    targets.unit,
    targets.baseline_value,
    targets.baseline_period,
    targets.source_id,
    sources.title as source_title,
    sources.url as source_url,
    targets.locator
from targets
inner join plans on targets.plan_id = plans.plan_id
inner join indicators on targets.indicator_id = indicators.indicator_id
inner join sources on targets.source_id = sources.source_id
where
    getvariable('as_of') is null or coalesce(plans.issued_last, sources.published_last) <= getvariable('as_of');
comment on view v_targets is 'one row per numeric target of a plan | 目标：规划中每项有数目标一行';
comment on column v_targets.target_id is 'key of the target | 目标代码（主键）';
comment on column v_targets.plan_id is 'the plan: v_plans.plan_id | 所属规划，对应 v_plans.plan_id';
comment on column v_targets.plan_zh is 'title of the plan in Chinese | 规划中文标题';
comment on column v_targets.plan_en is 'title of the plan in English | 规划英文标题';
comment on column v_targets.label_zh is 'the target in words, in Chinese | 目标表述（中文）';
comment on column v_targets.label_en is 'the target in words, in English | 目标表述（英文）';
comment on column v_targets.headline is 'whether it is one of the plan''s main targets | 是否为规划主要目标';
comment on column v_targets.scope_type is
'province, prefecture, county or town | 适用层级：province 省、prefecture 设区市、county 县、town 小镇';
comment on column v_targets.scope_id is
'for whom it is: v_places.place_id or v_towns.town_id | 适用对象，对应 v_places.place_id 或 v_towns.town_id';
comment on column v_targets."group" is 'which towns it is about | 目标所指的小镇范围';
comment on column v_targets.deadline is 'year or day by which; null: none given | 完成时限（年或日）；空值表示未规定';
comment on column v_targets.kind is
'count_of_towns, count_over_threshold, share_of_towns, mean, growth_multiple, total, per_town_minimum or presence | '
'目标类型：小镇个数、超过门槛的个数、小镇占比、平均、增长倍数、总量、每镇下限、有无';
comment on column v_targets.measure is 'how progress is measured (docs/methods.md) | 进度计量方式（见方法说明）';
comment on column v_targets.indicator_id is
'the indicator: v_indicators.indicator_id | 指标，对应 v_indicators.indicator_id';
comment on column v_targets.indicator_zh is 'name of the indicator in Chinese | 指标中文名称';
comment on column v_targets.indicator_en is 'name of the indicator in English | 指标英文名称';
comment on column v_targets.threshold is 'what each counted town must be over; null: does not apply | 计入个数的门槛；不适用时为空值';
comment on column v_targets.operator is 'how the plan words it: >=, >, =, <= or about | 规划措辞对应的算符：>=、>、=、<= 或 about 约';
comment on column v_targets.target_value is 'the number to reach | 目标值';
comment on column v_targets.unit is 'unit of the number | 目标值单位';
comment on column v_targets.baseline_value is 'stated base; null: none | 规划所载基期值；空值表示未载';
comment on column v_targets.baseline_period is 'period of the base | 基期';
comment on column v_targets.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';
comment on column v_targets.source_title is 'title of the source | 来源标题';
comment on column v_targets.source_url is 'address of the source on the web | 来源网址';
comment on column v_targets.locator is 'where in the source | 在来源中的位置';

create view v_goals as
select
    goals.goal_id,
    goals.plan_id,
    goals.theme,
    goals.label_zh,
    goals.label_en,
    goals.source_id,
    sources.title as source_title,
    sources.url as source_url,
    goals.locator
from goals
inner join plans on goals.plan_id = plans.plan_id
inner join sources on goals.source_id = sources.source_id
where
    getvariable('as_of') is null or coalesce(plans.issued_last, sources.published_last) <= getvariable('as_of');
comment on view v_goals is 'one row per goal of a plan without a number | 定性目标：规划中每项无数目标一行';
comment on column v_goals.goal_id is 'key of the goal | 目标代码（主键）';
comment on column v_goals.plan_id is 'the plan: v_plans.plan_id | 所属规划，对应 v_plans.plan_id';
comment on column v_goals.theme is 'theme | 主题';
comment on column v_goals.label_zh is 'the goal in words, in Chinese | 目标表述（中文）';
comment on column v_goals.label_en is 'the goal in words, in English | 目标表述（英文）';
comment on column v_goals.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';
comment on column v_goals.source_title is 'title of the source | 来源标题';
comment on column v_goals.source_url is 'address of the source on the web | 来源网址';
comment on column v_goals.locator is 'where in the source | 在来源中的位置';

create view v_conflicts as
select  -- noqa: ST06
    conflicts.conflict_id,
    conflicts.entity_type,
    conflicts.entity_id,
    coalesce(towns.name_zh, places.name_zh) as entity_zh,
    coalesce(towns.name_en, places.name_en) as entity_en,
    conflicts.indicator_id,
    conflicts.period,
    conflicts.severity,
    conflicts.claim_a,
    conflicts.source_a,
    conflicts.claim_b,
    conflicts.source_b,
    conflicts.explanation_zh,
    conflicts.explanation_en
from conflicts
inner join sources as first_sources on conflicts.source_a = first_sources.source_id
inner join sources as second_sources on conflicts.source_b = second_sources.source_id
left join towns on conflicts.entity_type = 'town' and conflicts.entity_id = towns.town_id
left join places on conflicts.entity_type <> 'town' and conflicts.entity_id = places.place_id
where
    getvariable('as_of') is null
    or (
        first_sources.published_last <= getvariable('as_of')
        and second_sources.published_last <= getvariable('as_of')
    );
comment on view v_conflicts is
'one row per pair of statements that do not fit together; visible when both sides are | 矛盾：每对互相不符的说法一行，双方来源均可见时方显示';
comment on column v_conflicts.conflict_id is 'key of the conflict | 矛盾代码（主键）';
comment on column v_conflicts.entity_type is
'town, county, prefecture or province | 主体类型：town 小镇、county 县、prefecture 设区市、province 省';
comment on column v_conflicts.entity_id is
'whom it is about: v_towns.town_id or v_places.place_id | 所述主体，对应 v_towns.town_id 或 v_places.place_id';
comment on column v_conflicts.entity_zh is 'its name in Chinese | 主体中文名称';
comment on column v_conflicts.entity_en is 'its name in English | 主体英文名称';
comment on column v_conflicts.indicator_id is
'the indicator: v_indicators.indicator_id; null: no indicator | 指标，对应 v_indicators.indicator_id；空值表示不涉及指标';
comment on column v_conflicts.period is 'period that it is about | 所属期';
comment on column v_conflicts.severity is
'contradiction, definition, scope or rounding | 性质：contradiction 矛盾、definition 定义不同、scope 口径不同、rounding 舍入';
comment on column v_conflicts.claim_a is 'what the first source says | 第一个来源的说法';
comment on column v_conflicts.source_a is 'the first source: v_sources.source_id | 第一个来源，对应 v_sources.source_id';
comment on column v_conflicts.claim_b is 'what the second source says | 第二个来源的说法';
comment on column v_conflicts.source_b is 'the second source: v_sources.source_id | 第二个来源，对应 v_sources.source_id';
comment on column v_conflicts.explanation_zh is 'explanation in Chinese | 说明（中文）';
comment on column v_conflicts.explanation_en is 'explanation in English | 说明（英文）';

create view v_rules as
select
    rules.rule_id,
    rules.scope,
    rules.condition_zh,
    rules.condition_en,
    rules.consequence_zh,
    rules.consequence_en,
    rules.source_id,
    sources.title as source_title,
    sources.url as source_url,
    sources.published_on,
    rules.locator
from rules
inner join sources on rules.source_id = sources.source_id
where getvariable('as_of') is null or sources.published_last <= getvariable('as_of');
comment on view v_rules is 'one row per rule of the programme | 规则：创建管理的每条规则一行';
comment on column v_rules.rule_id is 'key of the rule | 规则代码（主键）';
comment on column v_rules.scope is 'whose rule it is | 适用范围';
comment on column v_rules.condition_zh is 'condition in Chinese | 条件（中文）';
comment on column v_rules.condition_en is 'condition in English | 条件（英文）';
comment on column v_rules.consequence_zh is 'consequence in Chinese | 后果（中文）';
comment on column v_rules.consequence_en is 'consequence in English | 后果（英文）';
comment on column v_rules.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';
comment on column v_rules.source_title is 'title of the source | 来源标题';
comment on column v_rules.source_url is 'address of the source on the web | 来源网址';
comment on column v_rules.published_on is
'when the source was published, as precisely as known; null: undated | 发布日期，按已知精度；空值表示未注明日期';
comment on column v_rules.locator is 'where in the source | 在来源中的位置';

create view v_links as
select
    linkages.linkage_id as link_id,
    linkages.model_zh,
    linkages.model_en,
    linkages.from_id,
    linkages.to_id,
    linkages.source_id,
    sources.title as source_title,
    sources.url as source_url,
    sources.published_on,
    linkages.locator
from linkages
inner join sources on linkages.source_id = sources.source_id
where getvariable('as_of') is null or sources.published_last <= getvariable('as_of');
comment on view v_links is 'one row per linkage model or link that a source names | 联动：来源所述的每种联动模式或联系一行';
comment on column v_links.link_id is 'key of the link | 联动代码（主键）';
comment on column v_links.model_zh is 'model in Chinese | 模式（中文）';
comment on column v_links.model_en is 'model in English | 模式（英文）';
comment on column v_links.from_id is
'from whom: v_towns.town_id or v_places.place_id; null: a model only | '
'起点，对应 v_towns.town_id 或 v_places.place_id；空值表示仅为模式';
comment on column v_links.to_id is 'to whom; null: a model only | 终点；空值表示仅为模式';
comment on column v_links.source_id is 'the source: v_sources.source_id | 来源，对应 v_sources.source_id';
comment on column v_links.source_title is 'title of the source | 来源标题';
comment on column v_links.source_url is 'address of the source on the web | 来源网址';
comment on column v_links.published_on is
'when the source was published, as precisely as known; null: undated | 发布日期，按已知精度；空值表示未注明日期';
comment on column v_links.locator is 'where in the source | 在来源中的位置';

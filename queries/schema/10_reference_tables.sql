-- Tables that describe: sources, places, classes, groups, topics, indicators, settings, map layers.
create table sources (
    source_id varchar not null primary key,
    kind varchar not null check (kind in ('seed', 'government', 'news', 'encyclopedia', 'academic', 'other')),
    authority utinyint not null check (authority between 1 and 4),
    title varchar not null,
    publisher varchar,
    published_on varchar,
    published_last date,
    url varchar,
    file varchar,
    note varchar,
    check ((published_on is null) = (published_last is null))
);
comment on table sources is 'one row per text that facts are read from | 来源：每一份录入所依据的文本一行';
comment on column sources.source_id is 'key of the source | 来源代码（主键）';
comment on column sources.kind is
'seed (a given text), government, news, encyclopedia, academic or other | '
'类别：seed 初始文本、government 政府、news 新闻、encyclopedia 百科、academic 学术、other 其他';
comment on column sources.authority is
'1 issuing or statistical authority, 2 party and state media or official channels, 3 other press, 4 the rest | '
'权威等级：1 发文或统计机关，2 党媒央媒及官方渠道，3 其他媒体，4 其余';
comment on column sources.title is 'title as published | 原文标题';
comment on column sources.publisher is 'who published it | 发布者';
comment on column sources.published_on is 'day, month or year of publication; null: undated | 发布日期（日、月或年）；空值表示未注明日期';
comment on column sources.published_last is 'last day of published_on; null: undated | published_on 的最后一天；空值表示未注明日期';
comment on column sources.url is 'web address; null where there is none | 网址；无则为空值';
comment on column sources.file is 'file of a given text; null for the rest | 初始文本的文件；其余为空值';
comment on column sources.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

create table places (
    place_id varchar not null primary key,
    level varchar not null check (level in ('province', 'prefecture', 'county')),
    name_zh varchar not null,
    name_en varchar not null,
    parent_id varchar references places (place_id),
    adcode varchar not null unique,
    lon double not null check (lon between 118 and 123.2),
    lat double not null check (lat between 27 and 31.3),
    mountain26 boolean not null,
    check ((level = 'province') = (parent_id is null))
);
comment on table places is 'one row per province, prefecture-level city and county | 行政区：省、设区市、县（市、区）各一行';
comment on column places.place_id is 'key of the place | 地区代码（主键）';
comment on column places.level is 'province, prefecture or county | 层级：province 省、prefecture 设区市、county 县（市、区）';
comment on column places.name_zh is 'name in Chinese | 中文名称';
comment on column places.name_en is 'name in English | 英文名称';
comment on column places.parent_id is
'the place above: places.place_id; null for the province | 上级地区，对应 places.place_id；省为空值';
comment on column places.adcode is 'official division code of six digits | 六位行政区划代码';
comment on column places.lon is 'longitude of the label point in degrees, WGS84 | 注记点经度（度，WGS84）';
comment on column places.lat is 'latitude of the label point in degrees, WGS84 | 注记点纬度（度，WGS84）';
comment on column places.mountain26 is 'whether it is one of the 26 mountain counties | 是否属于山区26县';

create table industries (
    industry_id varchar not null primary key,
    name_zh varchar not null,
    name_en varchar not null,
    "order" smallint not null check ("order" >= 1),
    note varchar
);
comment on table industries is 'one row per official industry class | 产业类别：官方八大类各一行';
comment on column industries.industry_id is 'key of the class | 类别代码（主键）';
comment on column industries.name_zh is 'name in Chinese | 中文名称';
comment on column industries.name_en is 'name in English | 英文名称';
comment on column industries."order" is 'place in the official order, from 1 | 官方排列次序，从1起';
comment on column industries.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

create table industry_groups (
    group_id varchar not null primary key,
    name_zh varchar not null,
    name_en varchar not null,
    note varchar,
    source_id varchar not null references sources (source_id)
);
comment on table industry_groups is 'one row per industry group in the words of a plan | 产业组：规划所称的产业范围各一行';
comment on column industry_groups.group_id is 'key of the group | 产业组代码（主键）';
comment on column industry_groups.name_zh is 'name in Chinese | 中文名称';
comment on column industry_groups.name_en is 'name in English | 英文名称';
comment on column industry_groups.note is
'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';
comment on column industry_groups.source_id is 'the source that says so: sources.source_id | 出处，对应 sources.source_id';

create table industry_group_members (
    group_id varchar not null references industry_groups (group_id),
    member_type varchar not null check (member_type in ('industry', 'town')),
    member_id varchar not null,
    basis varchar not null check (basis in ('stated', 'inferred')),
    source_id varchar not null references sources (source_id),
    note varchar,
    primary key (group_id, member_type, member_id)
);
comment on table industry_group_members is 'one row per group × class or town in it | 产业组成员：产业组 × 组内的类别或小镇各一行';
comment on column industry_group_members.group_id is
'the group: industry_groups.group_id | 产业组，对应 industry_groups.group_id';
comment on column industry_group_members.member_type is 'industry (a class) or town | 成员类型：industry 类别、town 小镇';
comment on column industry_group_members.member_id is
'the member: industries.industry_id or towns.town_id | 成员，对应 industries.industry_id 或 towns.town_id';
comment on column industry_group_members.basis is
'whether a source states the membership or it was inferred | 依据：stated 来源写明、inferred 推断';
comment on column industry_group_members.source_id is
'the source that says so: sources.source_id | 出处，对应 sources.source_id';
comment on column industry_group_members.note is
'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

create table topics (
    topic_id varchar not null primary key,
    name_zh varchar not null,
    name_en varchar not null,
    "order" smallint not null check ("order" >= 1)
);
comment on table topics is 'one row per topic of indicators | 主题：指标所属主题各一行';
comment on column topics.topic_id is 'key of the topic | 主题代码（主键）';
comment on column topics.name_zh is 'name in Chinese | 中文名称';
comment on column topics.name_en is 'name in English | 英文名称';
comment on column topics."order" is 'place in the list of topics, from 1 | 主题排列次序，从1起';

create table indicators (
    indicator_id varchar not null primary key,
    name_zh varchar not null,
    name_en varchar not null,
    unit varchar not null,
    decimals utinyint not null check (decimals between 0 and 4),
    kind varchar not null check (kind in ('flow', 'stock', 'ratio', 'rate', 'rank', 'cumulative')),
    direction varchar not null check (direction in ('higher', 'lower', 'neutral')),
    aggregation varchar not null check (aggregation in ('sum', 'mean', 'none', 'last')),
    topic_id varchar not null references topics (topic_id),
    definition_en varchar not null,
    definition_zh varchar not null,
    note varchar
);
comment on table indicators is 'one row per indicator: what a number means | 指标：每项指标一行，说明数字的含义';
comment on column indicators.indicator_id is 'key of the indicator | 指标代码（主键）';
comment on column indicators.name_zh is 'name in Chinese | 中文名称';
comment on column indicators.name_en is 'name in English | 英文名称';
comment on column indicators.unit is
'unit of every value of the indicator, such as CNY_100m, people, count, pct | '
'计量单位，如 CNY_100m 亿元、people 人、count 个、pct 百分比';
comment on column indicators.decimals is 'decimals that values are shown with | 显示的小数位数';
comment on column indicators.kind is
'flow, stock, ratio, rate, rank or cumulative: which period can judge it | '
'性质：flow 流量、stock 存量、ratio 比率、rate 增速、rank 位次、cumulative 累计';
comment on column indicators.direction is
'which way is good: higher, lower or neutral | 优劣方向：higher 越高越好、lower 越低越好、neutral 中性';
comment on column indicators.aggregation is
'how values of towns may be put together: sum, mean, last or none | 汇总方式：sum 求和、mean 平均、last 取末值、none 不可汇总';
comment on column indicators.topic_id is 'the topic: topics.topic_id | 所属主题，对应 topics.topic_id';
comment on column indicators.definition_en is 'definition in English | 口径（英文）';
comment on column indicators.definition_zh is 'definition in Chinese | 口径（中文）';
comment on column indicators.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

create table settings (
    key varchar not null primary key,
    value varchar not null,
    unit varchar not null check (unit in ('pct', 'pp', 'ratio', 'pct_per_year', 'count', 'months', 'text')),
    label_zh varchar not null,
    label_en varchar not null,
    note varchar,
    source_id varchar references sources (source_id)
);
comment on table settings is 'one row per named setting of the methods | 设置：方法所用参数各一行';
comment on column settings.key is 'name of the setting | 参数名（主键）';
comment on column settings.value is 'a number as text, or a word where the unit is text | 取值：数字，单位为 text 时为词语';
comment on column settings.unit is
'pct, pp, ratio, pct_per_year, count, months or text | '
'单位：pct 百分比、pp 百分点、ratio 比值、pct_per_year 每年百分比、count 个数、months 月、text 文字';
comment on column settings.label_zh is 'label in Chinese | 中文标签';
comment on column settings.label_en is 'label in English | 英文标签';
comment on column settings.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';
comment on column settings.source_id is
'where the setting comes from: sources.source_id; null: a choice of this project | 参数出处，对应 sources.source_id；空值表示本项目自定';

create table layers (
    layer_id varchar not null primary key,
    file varchar not null,
    title_zh varchar not null,
    title_en varchar not null,
    origin varchar not null,
    licence varchar not null,
    datum varchar not null,
    vintage varchar not null,
    approval_no varchar,
    allowed_extent varchar not null,
    note varchar
);
comment on table layers is
'one row per map layer with its origin and terms; the geometry stays in its file | 地图图层：每个图层一行，载明来源与使用条件；图形仍在其文件中';
comment on column layers.layer_id is 'key of the layer | 图层代码（主键）';
comment on column layers.file is 'file below the data folder, or the address of an online service | 数据目录下的文件，或在线服务的地址';
comment on column layers.title_zh is 'title in Chinese | 中文标题';
comment on column layers.title_en is 'title in English | 英文标题';
comment on column layers.origin is 'who made it and how it got here | 来源与转换经过';
comment on column layers.licence is 'licence or terms of use | 许可或使用条件';
comment on column layers.datum is 'geodetic datum of the coordinates | 坐标的大地基准';
comment on column layers.vintage is 'state of the data: year or release | 数据的年份或版本';
comment on column layers.approval_no is 'map approval number; null where none | 审图号；无则为空值';
comment on column layers.allowed_extent is 'the area that the layer may show | 图层可展示的范围';
comment on column layers.note is 'remark of the recorders, mostly in English; empty where none | 录入说明，多为英文；无则为空';

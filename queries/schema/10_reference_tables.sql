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
comment on table sources is 'one row per text that facts are read from';
comment on column sources.authority is '1 issuing authority, 2 party and state media, 3 other press, 4 the rest';
comment on column sources.published_last is 'last day of published_on; null is undated';

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
comment on table places is 'one row per province, prefecture-level city and county';

create table industries (
    industry_id varchar not null primary key,
    name_zh varchar not null,
    name_en varchar not null,
    "order" smallint not null check ("order" >= 1),
    note varchar
);
comment on table industries is 'one row per official industry class';

create table industry_groups (
    group_id varchar not null primary key,
    name_zh varchar not null,
    name_en varchar not null,
    note varchar,
    source_id varchar not null references sources (source_id)
);
comment on table industry_groups is 'one row per industry group in the words of a plan';

create table industry_group_members (
    group_id varchar not null references industry_groups (group_id),
    member_type varchar not null check (member_type in ('industry', 'town')),
    member_id varchar not null,
    basis varchar not null check (basis in ('stated', 'inferred')),
    source_id varchar not null references sources (source_id),
    note varchar,
    primary key (group_id, member_type, member_id)
);
comment on table industry_group_members is 'one row per group × class or town in it';

create table topics (
    topic_id varchar not null primary key,
    name_zh varchar not null,
    name_en varchar not null,
    "order" smallint not null check ("order" >= 1)
);
comment on table topics is 'one row per topic of indicators';

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
comment on table indicators is 'one row per indicator';

create table settings (
    key varchar not null primary key,
    value varchar not null,
    unit varchar not null check (unit in ('pct', 'pp', 'ratio', 'pct_per_year', 'count', 'months', 'text')),
    label_zh varchar not null,
    label_en varchar not null,
    note varchar,
    source_id varchar references sources (source_id)
);
comment on table settings is 'one row per named setting of the methods';

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
comment on table layers is 'one row per map layer with its origin and terms; the geometry stays in its file';

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
comment on table towns is 'one row per characteristic town, with the status that the list gives it';
comment on column towns.status_last is 'last day of status_as_of';

create table town_sources (
    town_id varchar not null references towns (town_id),
    source_id varchar not null references sources (source_id),
    published_last date,
    primary key (town_id, source_id)
);
comment on table town_sources is 'one row per town × source of its row in the list';

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
comment on table assessments is 'one row per town × assessed year × level';

create table assessment_totals (
    year smallint not null check (year between 2015 and 2026),
    "group" varchar not null check ("group" in ('named', 'creating', 'cultivating')),
    result varchar not null
    check (result in ('excellent', 'good', 'pass', 'warning', 'downgraded', 'eliminated')),
    count integer not null check (count >= 0),
    source_id varchar not null references sources (source_id),
    primary key (year, "group", result)
);
comment on table assessment_totals is 'one row per assessed year × group × grade of the province';

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
comment on table events is 'one row per dated event of a town or a place';

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
comment on table status_evidence is 'one row per town × piece of evidence of its status';
comment on column status_evidence.evidence_order is 'later evidence is greater; on one day the list prevails';
comment on column status_evidence.published_last is 'last day of publication, of the list that of its latest source';

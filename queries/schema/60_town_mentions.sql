-- What is derived from several tables once, so that no page has to.
create table town_mentions (
    town_id varchar not null references towns (town_id),
    source_id varchar not null references sources (source_id),
    published_last date,
    primary key (town_id, source_id)
);
comment on table town_mentions is
'one row per town × source that speaks of it: in its row of the list, in a claim or in an event';

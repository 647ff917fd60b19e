-- What is derived from several tables once, so that no page has to.
create table town_mentions (
    town_id varchar not null references towns (town_id),
    source_id varchar not null references sources (source_id),
    published_last date,
    primary key (town_id, source_id)
);
comment on table town_mentions is
'one row per town × source that speaks of it: in its row of the list, in a claim or in an event | '
'小镇提及：小镇 × 提到它的来源各一行（名单、数据或事件）';
comment on column town_mentions.town_id is 'the town: towns.town_id | 小镇，对应 towns.town_id';
comment on column town_mentions.source_id is 'the source: sources.source_id | 来源，对应 sources.source_id';
comment on column town_mentions.published_last is
'last day of the source''s date of publication; null: undated | 出处发布日期的最后一天；空值表示未注明日期';

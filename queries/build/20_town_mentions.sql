-- Which sources speak of a town, by its row of the list, by a claim or by an event.
-- grain: one row per town × source
insert into town_mentions
with
spoken_of as (
    select
        town_id,
        source_id,
        published_last
    from town_sources
    union all
    select distinct
        entity_id as town_id,
        source_id,
        published_last
    from observations
    where entity_type = 'town'
    union all
    select
        events.entity_id as town_id,
        events.source_id,
        sources.published_last
    from events
    inner join sources on events.source_id = sources.source_id
    where events.entity_type = 'town'
)

select
    town_id,
    source_id,
    min(published_last) as published_last
from spoken_of
group by town_id, source_id
order by town_id, source_id;

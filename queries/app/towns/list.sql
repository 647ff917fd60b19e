-- name: towns/list
-- purpose: Towns with the status that the visible evidence gives them: naming beats later silence, only elimination ends it
-- grain: one row per town that a visible source speaks of: one of its own, of a claim or of an event
-- params: as_of date
-- returns: town_id, name_zh, full_name_zh, name_en, pinyin, prefecture_id, county_id, industry_id, industry_basis, lon, lat, location_precision, location_source, former_names, status_as_of, source_ids, status, named_batch, named_on, creation_batch, creation_listed_on, note
with
visible_towns as (
    select
        town_id,
        list(source_id order by source_id) as source_ids
    from town_mentions
    where $as_of is null or published_last <= $as_of
    group by town_id
),

visible_sources as (
    select
        town_id,
        list(source_id order by source_id) as source_ids
    from town_sources
    where $as_of is null or published_last <= $as_of
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
    where $as_of is null or published_last <= $as_of
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

-- What only the row of the list says (batches, dates, notes) is shown once the list itself, or an event that says the
-- same, is visible.
select
    towns.town_id,
    towns.name_zh,
    towns.full_name_zh,
    towns.name_en,
    towns.pinyin,
    towns.prefecture_id,
    towns.county_id,
    towns.industry_id,
    towns.industry_basis,
    towns.lon,
    towns.lat,
    towns.location_precision,
    towns.location_source,
    towns.former_names,
    standing.evidence.dated as status_as_of,
    coalesce(visible_sources.source_ids, visible_towns.source_ids) as source_ids,
    coalesce(standing.evidence.status, 'unknown') as status,
    if(standing.has_named, towns.named_batch, null) as named_batch,
    if(standing.has_named, towns.named_on, null) as named_on,
    if(standing.has_list or standing.has_creation, towns.creation_batch, null) as creation_batch,
    if(standing.has_list or standing.has_creation, towns.creation_listed_on, null) as creation_listed_on,
    if(standing.has_list, towns.note, null) as note
from towns
inner join visible_towns on towns.town_id = visible_towns.town_id
left join visible_sources on towns.town_id = visible_sources.town_id
left join standing on towns.town_id = standing.town_id
order by towns.town_id

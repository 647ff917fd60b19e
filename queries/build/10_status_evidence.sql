-- Evidence of each town's status from events, assessments and the list of towns itself.
-- grain: one row per town × piece of evidence
insert into status_evidence
with
event_evidence as (
    select
        events.entity_id as town_id,
        case
            when events.kind = 'listed_for_creation' then 'creating'
            when events.kind = 'named' then 'named'
            when events.kind = 'eliminated' then 'eliminated'
            when events.kind = 'policy' and contains(events.title_zh, '培育') then 'cultivating'
        end as status,
        events.date as dated,
        events.date_last as dated_last,
        events.source_id,
        sources.published_last,
        'event' as basis
    from events
    inner join sources on events.source_id = sources.source_id
    where events.entity_type = 'town'
),

-- An assessment shows the group a town was in at the end of the assessed year, or what its result made of it.
assessment_evidence as (
    select
        assessments.town_id,
        case
            when assessments.result = 'downgraded' then 'cultivating'
            when assessments.result = 'eliminated' then 'eliminated'
            else assessments."group"
        end as status,
        cast(assessments.year as varchar) as dated,
        make_date(assessments.year, 12, 31) as dated_last,
        assessments.source_id,
        sources.published_last,
        'assessment' as basis
    from assessments
    inner join sources on assessments.source_id = sources.source_id
    where assessments.level = 'province'
),

-- A row of the list knows what the latest of its sources knew; undated where none of them is dated.
list_evidence as (
    select
        towns.town_id,
        towns.status,
        towns.status_as_of as dated,
        towns.status_last as dated_last,
        cast(null as varchar) as source_id,
        max(sources.published_last) as published_last,
        'list' as basis
    from towns
    inner join town_sources on towns.town_id = town_sources.town_id
    inner join sources on town_sources.source_id = sources.source_id
    group by all
),

evidence as (
    select * from event_evidence
    union all
    select * from assessment_evidence
    union all
    select * from list_evidence
)

select
    town_id,
    status,
    dated,
    dated_last,
    source_id,
    published_last,
    basis,
    row_number() over (
        order by
            dated_last asc nulls first,
            basis = 'list' asc,
            published_last asc nulls first,
            status desc,
            source_id desc nulls first,
            town_id asc
    ) as evidence_order
from evidence
where status is not null
order by town_id, dated_last, basis, status, source_id;

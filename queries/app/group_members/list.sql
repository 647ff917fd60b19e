-- name: group_members/list
-- purpose: The classes and towns in the industry groups
-- grain: one row per group × member
-- params: as_of date
-- returns: group_id, member_type, member_id, basis, source_id, note
select
    industry_group_members.group_id,
    industry_group_members.member_type,
    industry_group_members.member_id,
    industry_group_members.basis,
    industry_group_members.source_id,
    industry_group_members.note
from industry_group_members
inner join sources on industry_group_members.source_id = sources.source_id
inner join industry_groups on industry_group_members.group_id = industry_groups.group_id
inner join sources as group_sources on industry_groups.source_id = group_sources.source_id
where $as_of is null or (sources.published_last <= $as_of and group_sources.published_last <= $as_of)
order by industry_group_members.group_id, industry_group_members.member_type, industry_group_members.member_id

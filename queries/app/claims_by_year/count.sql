-- name: claims_by_year/count
-- purpose: How many claims are visible by the year in which their period ends
-- grain: one row per year with a visible claim
-- params: as_of date
-- returns: end_year, claims
select
    year(period_end) as end_year,
    count(*) as claims
from observations
where
    ($as_of is null or published_last <= $as_of)
    and (withdrawn_last is null or withdrawn_last > $as_of)
    and (superseded_by is null or superseded_last > $as_of or ($as_of is not null and superseded_last is null))
group by year(period_end)
order by year(period_end)

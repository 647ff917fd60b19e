-- name: series/count
-- purpose: How many series of figures there are, and how many of them have the points that each method needs
-- grain: one row
-- params: as_of date
-- returns: count_series, count_two, count_bounded, count_four, count_eight, longest
-- A series is one series_id of one scope: a rule of the data keeps it to one entity and indicator. Each mask has a bit
-- for a year: adjacent years are found by shifting it, where a window over every claim takes ten times as long.
with
visible as not materialized (
    select
        series_id,
        scope,
        1::ubigint << least(greatest(year(period_end) - 2000, 0), 61) as place,
        period_kind = 'annual' as is_annual,
        period_kind = 'annual'
        or (
            period_kind = 'point'
            and indicator_id in (
                select indicators.indicator_id
                from indicators
                where indicators.kind = 'stock'
            )
        ) as is_point,
        qualifier = 'exact' as is_exact,
        low is not null and high is not null as is_bounded
    from observations
    where
        series_id is not null
        and ($as_of is null or published_last <= $as_of)
        and (withdrawn_last is null or withdrawn_last > $as_of)
        and (
            superseded_by is null
            or superseded_last > $as_of
            or ($as_of is not null and superseded_last is null)
        )
),

masks as (
    select
        bit_or(if(is_point, place, 0)) as points,
        bit_or(if(is_point and is_bounded, place, 0)) as bounded,
        bit_or(if(is_annual, place, 0)) as annual,
        bit_or(if(is_annual and is_exact, place, 0)) as exact_years
    from visible
    group by series_id, scope
),

-- A run is exact in each of so many years up to the last annual one, whose bit is the highest.
runs as (
    select
        points,
        bounded,
        exact_years,
        if(annual = 0, 0, floor(log2(annual))::integer) as last_place
    from masks
)

select
    count(*) as count_series,
    count(*) filter (where bit_count(points) > 1) as count_two,
    count(*) filter (where bit_count(bounded) > 1) as count_bounded,
    count(*) filter (where last_place >= 3 and (exact_years >> (last_place - 3)) & 15 = 15) as count_four,
    count(*) filter (where last_place >= 7 and (exact_years >> (last_place - 7)) & 255 = 255) as count_eight,
    coalesce(max(bit_count(exact_years)), 0) as longest
from runs
order by count_series

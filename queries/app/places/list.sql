-- name: places/list
-- purpose: The province, its prefecture-level cities and counties
-- grain: one row per place
-- params: none
-- returns: place_id, level, name_zh, name_en, parent_id, adcode, lon, lat, mountain26
select
    place_id,
    level,
    name_zh,
    name_en,
    parent_id,
    adcode,
    lon,
    lat,
    mountain26
from places
order by adcode, place_id

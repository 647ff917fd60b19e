-- name: topics/list
-- purpose: The topics that indicators are sorted under
-- grain: one row per topic
-- params: none
-- returns: topic_id, name_zh, name_en, order
select
    topic_id,
    name_zh,
    name_en,
    "order"
from topics
order by "order", topic_id

-- message: The source {value} has no address, no file and no publisher. Add one.
-- message_zh: 来源 {value} 既无网址、文件,也无发布者,请补充。
-- grain: one row per source
select
    'sources' as table_name,
    source_id as record,
    'url' as column_name,
    source_id as found_value
from sources
where
    url is null and file is null and publisher is null
    -- The lowest authority is where texts without an origin belong.
    and authority < 4
order by source_id;

-- message: The claim is dated {value}. Correct it or the date of the source, which must be the same.
-- message_zh: 数据发布日期({value})与其来源不一致,请更正其一。
-- grain: one row per claim
select
    'observations' as table_name,
    observations.observation_id as record,
    'published_on' as column_name,
    coalesce(observations.published_on, 'empty') || ' / ' || coalesce(sources.published_on, 'empty') as found_value
from observations
inner join sources on observations.source_id = sources.source_id
where observations.published_on is distinct from sources.published_on
order by observations.observation_id;

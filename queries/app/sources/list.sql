-- name: sources/list
-- purpose: Every text that facts are read from
-- grain: one row per source
-- params: as_of date
-- returns: source_id, kind, authority, title, publisher, published_on, published_last, url, file, note
select
    source_id,
    kind,
    authority,
    title,
    publisher,
    published_on,
    published_last,
    url,
    file,
    note
from sources
where $as_of is null or published_last <= $as_of
order by source_id

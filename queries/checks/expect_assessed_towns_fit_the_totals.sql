-- message: More towns carry this grade than the province counted ({value}). Correct the grades or the total.
-- message_zh: 获该等次的小镇多于省级公布总数({value}),请更正等次或总数。
-- grain: one row per year × group × grade
select
    'assessment_totals' as table_name,
    'count' as column_name,
    totals.year || ' / ' || totals."group" || ' / ' || totals.result as record,
    count(*) || ' > ' || totals.count as found_value
from assessment_totals as totals
inner join assessments
    on
        totals.year = assessments.year
        and totals."group" = assessments."group"
        and totals.result = assessments.result
where
    assessments.level = 'province'
    -- 退出 left the cultivating list outside the grades that the totals count.
    and assessments.result_zh <> '退出'
group by totals.year, totals."group", totals.result, totals.count
having count(*) > totals.count
order by totals.year, totals."group", totals.result;

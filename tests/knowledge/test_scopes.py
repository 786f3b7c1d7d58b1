"""Where articles apply (B7): a register that is kept, versions that carry values, imports and exports without loss."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kmsvc.cli.glue import Sentence
from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken, Stale
from kmsvc.knowledge.articles.imports import Defaults, Report, import_articles
from kmsvc.knowledge.articles.lists import Narrowed, article_lines, count_articles
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.queries import article_card
from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.knowledge.exports.usecases import make_file
from kmsvc.knowledge.scopes.queries import ValueCard, value_card, value_page
from kmsvc.knowledge.scopes.register import marks_named, register
from kmsvc.knowledge.scopes.rules import AboutName, AboutTarget, nearest
from kmsvc.knowledge.scopes.usecases import add_value, change_value, merge_value, part_value, set_use
from kmsvc.search.queries import ask
from kmsvc.settings import Settings
from tests.builders import make_article, make_process
from tests.support.centre import Centre

EDITOR = "knowledge_editor"
KINDS = [("product", "宽带", "Broadband"), ("product", "移动套餐", "Mobile"), ("region", "广东", "Guangdong"),
         ("region", "广西", "Guangxi"), ("channel", "电话", "Telephone"), ("customer", "企业客户", "Business")]


def kept(world: Centre) -> dict[str, int]:
    """The values of these tests, name -> id."""
    with world.begin(EDITOR) as work:
        return {name: add_value(work, dimension=dimension, name=name, name_en=english).id for dimension, name, english in KINDS}


def values(world: Centre, **how: Any) -> list[ValueCard]:
    with world.look(EDITOR) as work:
        return value_page(work.session, **how)[0]


def applies(world: Centre, article_id: int) -> dict[str, list[str]]:
    with world.look(EDITOR) as work:
        card = article_card(work.session, work.actor, article_id, world.clock.today, draft=True)
        return {name: named for name, named in card.scopes.items() if named}


def test_values_stand_by_dimension_and_order_with_who_changed_them(world: Centre) -> None:
    ids = kept(world)
    with world.begin(EDITOR) as work:
        change_value(work, ids["移动套餐"], name="移动", name_en="Mobile", place=0)
    assert [(one.dimension, one.name) for one in values(world)] == [
        ("product", "移动"), ("product", "宽带"), ("region", "广东"), ("region", "广西"), ("channel", "电话"), ("customer", "企业客户")]
    assert [one.name for one in values(world, q="guang")] == ["广东", "广西"]
    assert [one.name for one in values(world, dimension="channel")] == ["电话"]
    assert {one.changed_by for one in values(world)} == {"Knowledge Editor"}


def test_only_those_who_may_keep_values(world: Centre) -> None:
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        add_value(work, dimension="product", name="宽带")


@pytest.mark.parametrize(("name", "english"), [("宽 带", ""), ("ＢＲＯＡＤband", ""), ("新的", "broad-band")])
def test_a_name_in_either_language_stands_once_in_its_dimension(world: Centre, name: str, english: str) -> None:
    kept(world)
    with pytest.raises(AboutName), world.begin(EDITOR) as work:
        add_value(work, dimension="product", name=name, name_en=english)
    with world.begin(EDITOR) as work:
        assert add_value(work, dimension="channel", name=name, name_en=english).id


@pytest.mark.parametrize("name", ["宽带，移动", "a" * 61, "a;b", "139", "１３９"])
def test_a_name_that_a_cell_would_take_for_several_an_id_or_none_is_refused(world: Centre, name: str) -> None:
    with pytest.raises(AboutName), world.begin(EDITOR) as work:
        add_value(work, dimension="product", name=name)


def test_a_renamed_value_is_renamed_on_all_articles_and_no_version_is_written(world: Centre) -> None:
    ids = kept(world)
    article = make_article(world, scopes={"product": ["宽带"], "region": ["Guangdong", ids["广西"]]})
    with world.begin(EDITOR) as work:
        change_value(work, ids["宽带"], name="光纤宽带", name_en="Fibre")
    assert applies(world, article.id) == {"product": ["光纤宽带"], "region": ["广东", "广西"]}
    with world.look() as work:
        assert len(work.session.scalars(select(ArticleVersion)).all()) == 1


def test_a_merged_value_is_the_other_one_on_all_articles_and_in_the_search_and_back(world: Centre) -> None:
    ids = kept(world)
    article = make_article(world, title="装机费用", scopes={"region": ["广西"]}, drain=True)

    def found(region: str) -> int:
        world.drain()
        with world.look("agent") as work:
            marks = marks_named(work.session, "region", [region])
            return ask(work.session, world.engine, work.actor, text="装机费用", on=world.clock.today, lag_s=0, scopes=marks).total

    assert (found("广东"), found("广西")) == (0, 1)
    with world.begin(EDITOR) as work:
        merge_value(work, ids["广西"], into_id=ids["广东"], reason="两区合并")
    assert applies(world, article.id) == {"region": ["广东"]}
    assert (found("广东"), found("广西")) == (1, 1), "the old name leads to what it is now"
    assert [(one.name, one.state, one.merged_into, one.articles) for one in values(world, dimension="region")] == [
        ("广东", "used", None, 1), ("广西", "merged", "广东", 0)]
    with world.begin(EDITOR) as work:
        part_value(work, ids["广西"], reason="又分开")
    assert (found("广东"), found("广西")) == (0, 1)


def test_merges_that_make_no_sense_are_refused(world: Centre) -> None:
    ids = kept(world)
    for one, into in (("广西", "广西"), ("广西", "宽带")):
        with pytest.raises(AboutTarget), world.begin(EDITOR) as work:
            merge_value(work, ids[one], into_id=ids[into], reason="r")
    with world.begin(EDITOR) as work:
        merge_value(work, ids["广西"], into_id=ids["广东"], reason="r")
    for act in (lambda work: merge_value(work, ids["广西"], into_id=ids["广东"], reason="r"),
                lambda work: merge_value(work, ids["广东"], into_id=ids["广西"], reason="r"),
                lambda work: change_value(work, ids["广西"], name="x"), lambda work: part_value(work, ids["广东"], reason="r")):
        with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
            act(work)


def test_what_is_out_of_use_stays_where_it_is_and_is_taken_by_no_other(world: Centre) -> None:
    ids = kept(world)
    article = make_article(world, scopes={"product": ["宽带"]})
    with world.begin(EDITOR) as work:
        set_use(work, ids["宽带"], used=False, reason="停售")
    with world.look() as work:
        assert "宽带" not in [one.name for one in register(work.session).offered("product")]
    with world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="t", body="b", scopes={"product": ["宽带"], "channel": ["电话"]}))
    assert applies(world, article.id) == {"product": ["宽带"], "channel": ["电话"]}
    with pytest.raises(InvalidInput) as refused:
        make_article(world, title="另一篇", scopes={"product": ["宽带"]})
    assert "product" in refused.value.fields


def test_an_edit_that_names_no_dimension_keeps_all_and_an_empty_list_means_everywhere(world: Centre) -> None:
    kept(world)
    article = make_article(world, title="t", body="b", scopes={"product": ["宽带"], "region": ["广东"]})
    for given, left in ((None, {"product": ["宽带"], "region": ["广东"]}), ({"region": []}, {"product": ["宽带"]}),
                        ({"product": ["移动套餐"], "channel": ["电话"]}, {"product": ["移动套餐"], "channel": ["电话"]})):
        with world.begin(EDITOR) as work:
            edit_article(work, article.id, Content(title="t", body="b", scopes=given), publish=True)
        assert applies(world, article.id) == left
    with world.look() as work:
        assert len(work.session.scalars(select(ArticleVersion)).all()) == 3, "the edit that changed nothing wrote none"


def test_an_article_that_follows_a_process_applies_everywhere(world: Centre) -> None:
    kept(world)
    make_process(world, drain=True)
    with world.look() as work:
        article = work.session.scalars(select(Article).where(Article.process_id.is_not(None))).one()
    assert applies(world, article.id) == {}


def test_programs_write_and_read_names_and_are_told_the_nearest(world: Centre, client: Callable[..., Any]) -> None:
    kept(world)
    caller = client(EDITOR, by="token")
    made = caller.post("/api/v1/knowledge/articles", json={"title": "t", "body": "b", "publish": True, "product": ["Broadband"],
                                                           "region": "广东，广西"})
    assert made.status_code == 201, made.json
    assert (made.json["product"], made.json["region"], made.json["channel"]) == (["宽带"], ["广东", "广西"], [])
    wrong = caller.post("/api/v1/knowledge/articles", json={"title": "t", "body": "b", "region": ["广东区"]})
    assert wrong.status_code == 422
    assert "“广东”" in wrong.json["fields"]["region"][0]
    listed = [caller.get(f"/api/v1/knowledge/articles?{narrowed}").json["items"] for narrowed in (
        "product=宽带", "product=移动套餐", "channel=电话", "region=广东,广西&product=Broadband")]
    assert [len(items) for items in listed] == [1, 0, 1, 1]


def test_the_editor_shows_ticked_boxes_and_keeps_them_when_refused(world: Centre, client: Callable[..., Any]) -> None:
    ids = kept(world)
    article = make_article(world, title="t", body="b", scopes={"product": ["宽带"]})
    caller = client(EDITOR)
    page = caller.get(f"/knowledge/articles/{article.id}/edit").get_data(as_text=True)
    assert f'name="product" value="{ids["宽带"]}" checked' in page
    form = {"applies": "1", "title": "", "body": "b", "product": [str(ids["宽带"]), str(ids["移动套餐"])],
            "version": str(article.version), "language": "zh_Hans_CN", "confidentiality": "sayable"}
    refused = caller.post(f"/knowledge/articles/{article.id}/edit", data=form)
    assert refused.status_code == 422
    assert f'name="product" value="{ids["移动套餐"]}" checked' in refused.get_data(as_text=True)
    saved = caller.post(f"/knowledge/articles/{article.id}/edit", data=form | {"title": "t"})
    assert saved.status_code == 303
    assert applies(world, article.id) == {"product": ["宽带", "移动套餐"]}
    with world.look(EDITOR) as work:
        now = article_card(work.session, work.actor, article.id, world.clock.today, draft=True).version
    cleared = caller.post(f"/knowledge/articles/{article.id}/edit", data={
        name: value for name, value in form.items() if name != "product"} | {"title": "t", "version": str(now)})
    assert cleared.status_code == 303
    assert applies(world, article.id) == {}


def test_a_comparison_says_what_applies_otherwise(world: Centre, client: Callable[..., Any]) -> None:
    kept(world)
    article = make_article(world, title="t", body="b", scopes={"region": ["广东"]})
    with world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="t", body="b", scopes={"region": ["广东", "广西"]}), publish=True)
    page = client(EDITOR).get(f"/knowledge/articles/{article.id}/versions/1/diff/2").get_data(as_text=True)
    assert "广东 → 广东" in page.replace("Guangdong", "广东").replace("Guangxi", "广西")


def bring(world: Centre, folder: Path, rows: list[dict[str, Any]], *, who: str = EDITOR, home: str = "", **more: Any) -> Report:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return import_articles(world.db, world.actor(who), [path], Defaults(publish=True, home=home, **more),
                           words=lambda text, params: text % dict(params) if params else text)


def test_rows_name_values_in_either_language_and_unknown_ones_are_refused_with_the_nearest(world: Centre, tmp_path: Path) -> None:
    kept(world)
    report = bring(world, tmp_path, [
        {"external_id": "a", "title": "一", "body": "x", "product": "宽带、Mobile", "region": ["广东"]},
        {"external_id": "b", "title": "二", "body": "x", "region": "广东省"},
        {"external_id": "c", "title": "三", "body": "x", "channel": "全部"}])
    assert (report.created, len(report.rejected)) == (2, 1)
    assert report.rejected[0]["row"] == 2
    assert "广东省" in report.rejected[0]["reason"]
    assert "“广东”" in report.rejected[0]["reason"]
    with world.look() as work:
        ids = {row.external_id: row.id for row in work.session.scalars(select(Article))}
    assert applies(world, ids["a"]) == {"product": ["宽带", "移动套餐"], "region": ["广东"]}
    again = bring(world, tmp_path, [{"external_id": "a", "title": "一", "body": "x", "product": "移动套餐,宽带"}])
    assert (again.unchanged, applies(world, ids["a"])["region"]) == (1, ["广东"]), "a column that is not there leaves what was"
    bring(world, tmp_path, [{"external_id": "a", "title": "一", "body": "x", "product": "all"}])
    assert applies(world, ids["a"]) == {"region": ["广东"]}


def test_who_may_and_says_so_adds_what_nobody_knows(world: Centre, tmp_path: Path) -> None:
    kept(world)
    rows = [{"external_id": str(n), "title": f"第{n}篇", "body": "x", "region": ["云南", "广东"]} for n in range(2)]
    with pytest.raises(NotPermitted):
        bring(world, tmp_path, rows, who="operator", add_scopes=True)
    report = bring(world, tmp_path, rows, add_scopes=True)
    assert (report.created, [one.name for one in values(world, dimension="region")]) == (2, ["广东", "广西", "云南"])
    assert any("云南" in one for one in report.warnings)


def test_what_was_exported_comes_back_without_loss_and_unchanged(world: Centre, tmp_path: Path) -> None:
    kept(world)
    make_article(world, title="一", body="x", scopes={"product": ["宽带", "移动套餐"], "customer": ["企业客户"]})
    make_article(world, title="二", body="y")
    with world.look(EDITOR) as work:
        made = make_file(work, form="jsonl", home="kms.example", today=world.clock.today)
    rows = [dict(row) for row in made.rows]
    assert (rows[0]["product"], rows[0]["region"], rows[1]["product"]) == (["宽带", "移动套餐"], ["all"], ["all"])
    assert bring(world, tmp_path, rows, home="kms.example").unchanged == 2
    with world.begin(EDITOR) as work:
        article = work.session.scalars(select(Article).order_by(Article.id)).first()
        assert article is not None
        edit_article(work, article.id, Content(title="一", body="x", scopes={"product": [], "channel": ["电话"]}), publish=True)
    assert bring(world, tmp_path, rows, home="kms.example").updated == 1
    assert applies(world, article.id) == {"product": ["宽带", "移动套餐"], "customer": ["企业客户"]}


def test_a_list_of_values_goes_out_and_comes_in(world: Centre, settings: Settings, client: Callable[..., Any], tmp_path: Path) -> None:
    kept(world)
    out = tmp_path / "values.csv"
    env = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}
    done = CliRunner(env=env).invoke(knowledge, ["scopes", "export", str(out), "--as", EDITOR])
    assert done.exit_code == 0, done.exception
    caller = client(EDITOR, by="token")
    answer = caller.post("/api/v1/knowledge/scopes/import", data={"file": (io.BytesIO(out.read_bytes()), "values.csv")},
                         content_type="multipart/form-data")
    assert (answer.json["unchanged"], answer.json["created"], answer.json["rejected"]) == (6, 0, [])
    more = "维度,名称,英文名称,状态\n地区,云南,Yunnan,\n地区,广西,,不再使用\n省,x,,\n产品,宽带,,\n"
    report = caller.post("/api/v1/knowledge/scopes/import", data={"file": (io.BytesIO(more.encode()), "more.csv")},
                         content_type="multipart/form-data").json
    assert (report["created"], report["updated"], report["unchanged"], len(report["rejected"])) == (1, 1, 1, 1)
    assert [(one.name, one.state) for one in values(world, dimension="region")] == [
        ("广东", "used"), ("广西", "unused"), ("云南", "used")]
    long = f"dimension,name,place\nregion,海南,{'9' * 5000}\n"
    report = caller.post("/api/v1/knowledge/scopes/import", data={"file": (io.BytesIO(long.encode()), "long.csv")},
                         content_type="multipart/form-data").json
    assert (report["created"], len(report["rejected"])) == (0, 1)
    refused = CliRunner(env=env).invoke(knowledge, ["scopes", "add", "region", "长" * 61, "--as", EDITOR])
    assert isinstance(refused.exception, InvalidInput)


def test_an_edit_of_what_somebody_changed_meanwhile_is_stale(world: Centre) -> None:
    ids = kept(world)
    with world.look(EDITOR) as work:
        seen = value_card(work.session, ids["宽带"]).version
    with world.begin(EDITOR) as work:
        change_value(work, ids["宽带"], name="光纤", version=seen)
    with pytest.raises(Stale), world.begin(EDITOR) as work:
        change_value(work, ids["宽带"], name="同轴", version=seen)


def test_the_list_of_articles_has_stage_and_validity_apart(world: Centre) -> None:
    today = world.clock.today
    made = {
        "in_force": make_article(world, title="a"), "expired": make_article(world, title="b", valid_to=today.replace(year=2020)),
        "upcoming": make_article(world, title="c", valid_from=today.replace(year=2030)),
        "draft": make_article(world, title="d", valid_to=today.replace(year=2020), publish=False)}
    with world.look(EDITOR) as work:
        def found(**how: Any) -> set[int]:
            narrowed = Narrowed(**how)
            lines, _ = article_lines(work.session, work.actor, today, narrowed=narrowed)
            assert count_articles(work.session, work.actor, today, narrowed=narrowed) == len(lines)
            return {line.id for line in lines}
        assert found(stage="published") == {made[name].id for name in ("in_force", "expired", "upcoming")}
        assert found(stage="draft", validity="expired") == {made["draft"].id}
        assert found(validity="expired") == {made["expired"].id, made["draft"].id}
        assert found(validity="upcoming") == {made["upcoming"].id}
        assert found(stage="retired") == set()


@pytest.mark.parametrize(("name", "near"), [("广冬", "广东"), ("广东省", "广东"), ("宽带业务", "宽带"), ("xyz", None)])
def test_the_nearest_name_is_offered(name: str, near: str | None) -> None:
    assert nearest(name, ["宽带", "广东", "电话"]) == near


def test_values_are_kept_by_commands_as_at_the_page(world: Centre, settings: Settings) -> None:
    kept(world)
    article = make_article(world, title="一", body="x", scopes={"region": ["广西"]})
    env = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}

    def run(*words: str, who: str = EDITOR) -> Any:
        return CliRunner(env=env).invoke(knowledge, ["scopes", *words, "--as", who])

    def told(*words: str) -> Any:
        done = run(*words, "--json")
        assert done.exit_code == 0, done.exception
        return json.loads(done.stdout)

    named = told("edit", "region", "广西", "--name", "广西区", "--order", "0")
    assert (named["name"], named["name_en"], named["place"]) == ("广西区", "Guangxi", 0), "what is left out stays"
    assert applies(world, article.id) == {"region": ["广西区"]}
    assert told("edit", "region", "广西区", "--english", "")["name_en"] is None
    assert told("merge", "region", "广西区", "广东", "--reason", "一省")["state"] == "merged"
    assert applies(world, article.id) == {"region": ["广东"]}
    assert told("part", "region", "广西区", "--reason", "不是一省")["state"] == "used"
    assert applies(world, article.id) == {"region": ["广西区"]}
    assert told("retire", "region", "广西区", "--reason", "不卖")["state"] == "unused"
    refused: list[tuple[tuple[str, ...], type[Exception]]] = [
        (("edit", "region", "广西区", "--name", "广东"), RuleBroken), (("edit", "region", "广东", "--name", "广西区"), AboutName),
        (("edit", "region", "广东", "--name", "长" * 61), InvalidInput), (("part", "region", "广东", "--reason", "r"), RuleBroken),
        (("merge", "region", "广东", "广东", "--reason", "r"), AboutTarget),
        (("part", "region", "广东", "--reason", "  "), InvalidInput), (("edit", "region", "火星"), Sentence)]
    for words, kind in refused:
        assert isinstance(run(*words).exception, kind), words
    for words in (("edit", "region", "广东", "--name", "粤"), ("part", "region", "火星", "--reason", "r")):
        assert isinstance(run(*words, who="agent").exception, NotPermitted), words

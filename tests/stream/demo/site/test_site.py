"""The shop's pages: the same words in both languages, titles in reading case, small modules, nothing inline."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from stream.demo.front.pages import ITEM, MORE_PAGES, PAGES, SITE, Page
from stream.demo.shops import FOLDERS, about
from tests.support.node import compile_scripts

KEYS = """
const keys = (one, before = "") => Object.entries(one).flatMap(([name, value]) =>
  Array.isArray(value) ? [`${before}${name} of ${value.flat().length}`]
  : typeof value === "object" ? keys(value, `${before}${name}.`)
  : [`${before}${name} ${typeof value}`]);
"""
LONGEST_S = 30


def said_by(script: str) -> object:
    """Return what a module script prints as JSON, run with the site's modules beside it."""
    done = subprocess.run(["node", "--input-type=module", "-e", script], cwd=SITE, capture_output=True, text=True, timeout=LONGEST_S)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.node
@pytest.mark.parametrize("folder", ["texts", "texts/sample"])
def test_both_languages_say_the_same_things(folder):
    script = f"{KEYS} const [en, ja] = await Promise.all(['en', 'ja'].map((name) => import(`./{folder}/${{name}}.js`)));"
    english, japanese = said_by(script + "console.log(JSON.stringify([keys(en.default), keys(ja.default)]));")
    assert english == japanese


@pytest.mark.node
@pytest.mark.parametrize(
    ("shouted", "read"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", "White Hanging Heart T-Light Holder"),
        ("SET OF 3 TINS", "Set of 3 Tins"),
        ("MUM'S KITCHEN CLOCK", "Mum's Kitchen Clock"),
        ("50'S CHRISTMAS GIFT BAG LARGE", "50's Christmas Gift Bag Large"),
        ("In 15 of 42 orders with RED MUG, this was taken too.", "In 15 of 42 orders with Red Mug, this was taken too."),
        ("RED MUGと一緒にいかがですか", "Red Mugと一緒にいかがですか"),
        ("Nothing is shouted here.", "Nothing is shouted here."),
    ],
)
def test_shouted_titles_are_shown_in_reading_case(shouted, read):
    script = f"import {{ inReadingCase }} from './parts/title.js'; console.log(JSON.stringify(inReadingCase({json.dumps(shouted)})));"
    assert said_by(script) == read


def test_every_module_imports_what_is_there():
    for module in SITE.rglob("*.js"):
        for path in re.findall(r'from "/site/([^"]+)"', module.read_text()):
            assert (SITE / path).is_file(), f"{module.name} imports {path}"


@pytest.mark.node
def test_every_article_has_its_words_in_both_languages():
    script = "const { ARTICLES } = await import('./texts/sample/articles.js');"
    articles = said_by(
        script + "console.log(JSON.stringify(ARTICLES.map(({ en, ja }) => [en, ja].map((one) => [Object.keys(one), one.text.length]))));"
    )
    assert isinstance(articles, list)
    assert len(articles) > 3  # more than the free plan opens
    assert all(english == japanese for english, japanese in articles)


def test_a_page_says_which_shop_it_is_and_in_which_language_it_is_drawn():
    text = PAGES["/cart"].html((SITE / "page.html").read_text(), about(FOLDERS["sample"])).decode()
    assert '<html lang="ja" data-shop="hinata" data-name="ひなた商店" data-language="ja" data-currency="JPY"' in text
    assert "<title>Cart · ひなた商店</title>" in text


ALL_PAGES = [ITEM, *PAGES.values(), *(page for pages in MORE_PAGES.values() for page in pages.values())]


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: page.name)
def test_a_page_holds_no_inline_script_or_style_and_names_only_files_that_are_there(page: Page):
    text = page.html((SITE / "page.html").read_text()).decode()
    assert f"<title>{page.title} · Kozutsumi</title>" in text or (not page.title and "<title>Kozutsumi</title>" in text)
    assert re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text) is None
    named = re.findall(r'(?:href|src)="/site/([^"]+)"', text)
    assert f"pages/{page.name}.js" in named
    assert [path for path in named if not (SITE / path).is_file()] == []


@pytest.mark.node
def test_no_module_uses_a_name_that_it_neither_has_nor_imports():
    said = compile_scripts("--noEmit", "--skipLibCheck", *SITE.rglob("*.js")).stdout
    assert [line for line in said.splitlines() if "Cannot find name" in line] == []


def test_modules_stay_small():
    long = {module.name: lines for module in site_modules() if (lines := len(module.read_text().splitlines())) > 250}
    assert long == {}


def site_modules() -> list[Path]:
    return [*SITE.rglob("*.js"), *SITE.rglob("*.css")]

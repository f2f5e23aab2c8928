"""The search, which works without a server too."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect


@pytest.mark.parametrize("served", [True, False], ids=["served", "folder"])
def test_search(html, site, page, served):
    start = site if served else html.as_uri()
    page.goto(f"{start}/search.html?q=unigram")
    chapter = page.locator("#search-results a[href*='05_sampler']").first
    expect(chapter).to_be_visible()
    expect(page.locator("#search-results")).to_contain_text("found")  # and no more to come
    if served:
        expect(page.locator("#search-results .context").first).to_contain_text("nigram")
    chapter.click()
    page.wait_for_url("**/05_sampler.html*")
    assert not page.wrong
    assert not [url for url in page.asked if not url.startswith((start, "data:"))]

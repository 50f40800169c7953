"""The browser in which the tests of the HTML report look at a page looks at the site as well."""

from safety_tests.tests.report.conftest import chromium

__all__ = ["chromium"]

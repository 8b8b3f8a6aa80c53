# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A headless Chromium that logs in at Glewlwyd as a person would."""

import shutil

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait


class Chromium:
    def __init__(self, folder):
        options = webdriver.ChromeOptions()
        options.binary_location = found("chromium")
        # Without its sandbox: as root it would not start otherwise, and it sees pages of this machine only.
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                         "--no-proxy-server", f"--user-data-dir={folder / 'chromium'}"):
            options.add_argument(argument)
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(found("chromedriver")))
        self.driver.set_page_load_timeout(30)

    def wait(self, condition, what, timeout=20):
        return WebDriverWait(self.driver, timeout, poll_frequency=0.1, ignored_exceptions=[Exception]).until(
            lambda driver: condition(driver), f"in the browser: {what}; it shows {self.driver.current_url}")

    def open(self, address):
        self.driver.get(address)

    def log_in(self, user, password):
        """Fill in the login page that is shown."""
        field = self.wait(lambda driver: driver.find_element(By.ID, "username"), "a field for the name")
        field.send_keys(user)
        self.driver.find_element(By.ID, "password").send_keys(password)
        self.driver.find_element(By.CSS_SELECTOR, "button[type=submit]").click()

    def approve_device(self, code, user, password):
        """From the page that a device names to its approval."""
        field = self.wait(self._text_field, "a field for the code")
        field.send_keys(code)
        self.click("OK")
        self.log_in(user, password)
        self.click("Continue")

    @staticmethod
    def _text_field(driver):
        fields = driver.find_elements(By.CSS_SELECTOR, "input[type=text]")
        return next((field for field in fields if field.is_displayed()), False)

    def click(self, text):
        self.wait(lambda driver: self._button(text) or False, f"a button {text!r}").click()

    def _button(self, text):
        for button in self.driver.find_elements(By.TAG_NAME, "button"):
            if button.is_displayed() and text in button.text:
                return button
        return None

    def page(self, word, timeout=20):
        """The text of the page, once it holds the word."""
        self.wait(lambda driver: word in driver.find_element(By.TAG_NAME, "body").text, f"{word!r}", timeout)
        return self.driver.find_element(By.TAG_NAME, "body").text

    @property
    def source(self):
        return self.driver.page_source

    def close(self):
        self.driver.quit()


def found(program):
    path = shutil.which(program)
    assert path, f"there is no {program}: scripts/install --browser gets it"
    return path

@P3 @nightly @issue(7)
Feature: The bakery sells bread again after its shop froze

  Scenario: The shop freezes
    Given the ERP is in steady state
    When the "shop" service suffers a freeze for 4 seconds
    Then service is restored within 30 seconds of the undo

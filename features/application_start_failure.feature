Feature: Customers are served while an application instance does not start

  One of two instances is gone. The other one has to carry its load, somebody has to be
  told, and the one that is gone has to be back before the next one goes. Where it does not
  come up with what it finds, a rolling restart stops there: the last good one is never taken.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And the ERP is in steady state

  @P2 @application-start-failure
  @smoke
  Scenario: An application instance dies
    When one "app" instance suffers a sudden death
    Then the incident is detected by the "InstanceDown" alert within 5 minutes
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And at least 95 % of "orders" succeed in time
    And no acknowledged order is lost
    And no acknowledged order is altered
    And the incident record is complete

  @P2 @application-start-failure
  Scenario Outline: An application instance does not come up: it suffers <fault>
    When one "app" instance suffers <fault>
    Then the incident is detected by the "InstanceDown" alert within 5 minutes
    And the alert is taken back within 15 minutes
    And at least 95 % of "orders" succeed in time
    And no acknowledged order is lost
    And the incident record is complete

    Examples:
      | fault                                           |
      | a broken "DATABASE_URL" in its environment file |
      | an unreadable environment file                  |
      | an empty "order_limits.py" file                 |
      | a crash loop over a broken "DATABASE_URL"       |

  @P2 @schema-behind
  Scenario: The schema is older than the application
    Every instance runs and says that it is well, and none can read the stock.

    When the "postgres" service suffers a schema at revision "0001", when "unit_price_cents" of "items" was still "price_cents", in its "sme_erp" database
    Then the incident is detected by the "ServerErrors" alert within 5 minutes
    And service is restored within 15 minutes
    And the alert is taken back within 15 minutes
    And every step of the procedure works
    And no acknowledged order is lost
    And the incident record is complete

@P1 @database-corruption
Feature: The ERP restores its database when a page of it is damaged

  A damaged page is found by its checksum when somebody reads it. Then nobody may write any
  more, nobody repairs in place, and the last backup is restored. Orders from after that backup
  are lost, and it has to be known how many. No other order may be.

  Background:
    Given customers place 20 orders and run 2 exports a second
    And customers sign in 2 times a second
    And the ERP is in steady state
    And a backup of the database is made

  @smoke
  Scenario: A page of a table is damaged
    When the "postgres" service suffers a corrupt page of "users" in its "sme_erp" database
    Then the incident is detected by the "DataCorrupted" alert within 1 minute
    And service is restored within 15 minutes
    And every step of the procedure works
    And the backup agrees with the acknowledged orders
    And only the last 1 minute of acknowledged orders is lost
    And no acknowledged order is altered
    And the incident record is complete

  Scenario: A page of an index is damaged
    When the "postgres" service suffers a corrupt page of the "items_pkey" index in its "sme_erp" database
    Then the incident is detected by the "DataCorrupted" alert within 1 minute
    And service is restored within 15 minutes
    And every step of the procedure works
    And the backup agrees with the acknowledged orders
    And only the last 1 minute of acknowledged orders is lost
    And no acknowledged order is altered
    And the incident record is complete

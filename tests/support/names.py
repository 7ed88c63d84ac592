"""Names that no text of the project may contain."""

LEADERS = (  # surnames of people who led, or spoke for, the states of the scenarios between 2013 and 2026
    "Obama|Kerry|Trump|Pompeo|Tillerson|Biden|Harris|Blinken|Malley|Vance|Rubio|Witkoff|Kushner|Hegseth|Bolton|"
    "Khamenei|Rouhani|Zarif|Raisi|Pezeshkian|Araghchi|Larijani|Salehi|Ghalibaf|Amir-Abdollahian|Soleimani|"
    "Netanyahu|Bennett|Lapid|Gantz|Gallant|Herzog|Salman|Putin|Lavrov|Medvedev|Zelensky|Xi Jinping|Wang Yi|"
    "Kim Jong|Moon Jae|Guterres|Grossi|Amano|Mogherini|Borrell|Kallas|Macron|Merkel|Scholz|Merz|Cameron|Starmer|"
    "Sisi|Qaboos|Haitham|Erdogan|Assad|Sharaa|Nasrallah|Sinwar|Haniyeh|Busaidi|Al Thani|Zayed|Hadi|Alimi|Houthi"
)
